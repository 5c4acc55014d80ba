import { AccessError } from '../../core/errors/access-error.ts';
import { SecretNotFoundError } from '../../core/errors/secret-not-found-error.ts';
import type { AwsClient } from './client.ts';
import type { Operation } from './errors.ts';

/** A name that no secret has, so that no value is read. */
const PROBE = 'keyfob-health-check';

/** Harmless calls, each of which only needs its own permission; and what is amiss without it. */
const probes: readonly (readonly [Operation, object, string])[] = [
  ['GetSecretValue', { SecretId: PROBE }, 'of some secrets no value can be read'],
  ['DescribeSecret', { SecretId: PROBE }, 'some secrets cannot be described'],
  ['ListSecrets', { MaxResults: 1 }, 'secrets cannot be listed'],
  ['BatchGetSecretValue', { SecretIdList: [PROBE] }, 'several secrets are read one by one'],
];

/**
 * Which permissions our identity lacks, one sentence each. A policy that names its secrets refuses the probe's name, so
 * a refusal is no failure.
 * @throws what is about the instance: it cannot be reached, or does not accept our identity.
 */
export async function findMissingPermissions(client: AwsClient, signal: AbortSignal): Promise<readonly string[]> {
  const findings = await Promise.all(
    probes.map(async ([operation, input, effect]) => {
      const subject = { operation, id: PROBE };
      try {
        await client.ask({ subject, input: { ...input } }, signal);
      } catch (error) {
        if (error instanceof AccessError)
          return [`'secretsmanager:${operation}' is not allowed for every secret: ${effect}`];
        if (!(error instanceof SecretNotFoundError)) throw error;
      }
      return [];
    }),
  );
  return findings.flat();
}
