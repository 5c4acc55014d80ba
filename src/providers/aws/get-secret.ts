import { ProviderError } from '../../core/errors/provider-error.ts';
import { SecretNotFoundError } from '../../core/errors/secret-not-found-error.ts';
import type { JsonObject } from '../../core/json-object.ts';
import type { Location } from '../../core/provider.ts';
import { Redacted } from '../../core/redacted.ts';
import type { Secret } from '../../core/secret.ts';
import type { AwsClient } from './client.ts';
import { describeSecret } from './describe-secret.ts';
import { noValue } from './errors.ts';
import { textAt } from '../../core/json-fields.ts';
import { epochAt, listAt } from './json-fields.ts';
import { toLabel, toStage } from './stages.ts';

/** One version with its value. */
export async function getSecret(client: AwsClient, location: Location, signal: AbortSignal): Promise<Secret> {
  const { id, selector } = location;
  const { version, stage = version === undefined ? 'current' : undefined } = selector;
  const input = {
    SecretId: id,
    ...(version !== undefined && { VersionId: version }),
    // Sent for the current version, too: moto serves the version before it, if the label was moved by hand.
    ...(stage !== undefined && { VersionStage: toLabel(stage) }),
  };
  const answer = await client
    .ask({ subject: { operation: 'GetSecretValue', id, selector }, input }, signal)
    .catch(async (error: unknown) => {
      if (error instanceof SecretNotFoundError && error.code !== 'SecretDoesNotExist')
        await assertExists(client, id, signal);
      throw error;
    });
  return toSecret(answer, { name: id, region: await client.region(signal) });
}

/**
 * A missing version is not a missing secret, whose every cached version would be dropped; but AWS tells them apart in
 * words alone. When the secret may not be described, the first it is.
 */
async function assertExists(client: AwsClient, id: string, signal: AbortSignal): Promise<void> {
  try {
    await describeSecret(client, id, signal);
  } catch (error) {
    if (error instanceof SecretNotFoundError) throw error;
  }
}

/**
 * From an answer of GetSecretValue, or one of BatchGetSecretValue's.
 * @throws SecretNotFoundError for a version without a value; ProviderError when it is no such answer.
 */
export function toSecret(answer: JsonObject, place: { readonly name: string; readonly region: string }): Secret {
  const version = textAt(answer, 'VersionId');
  const arn = textAt(answer, 'ARN');
  if (version === undefined || arn === undefined)
    throw new ProviderError('ProviderUnavailable', "the answer is not of AWS Secrets Manager: see 'endpoint'");
  const stages = listAt(answer, 'VersionStages').map(toStage);
  const createdAt = epochAt(answer, 'CreatedDate');
  return {
    value: toValue(answer, place.name),
    version,
    stages,
    ...(createdAt !== undefined && { createdAt }),
    metadata: { ...place, arn, ...(stages.includes('current') && { currentVersion: version, stages }) },
  };
}

function toValue(answer: JsonObject, id: string): Secret['value'] {
  const { SecretString: text, SecretBinary: base64 } = answer;
  if (typeof text === 'string') return new Redacted(text);
  if (typeof base64 === 'string') return new Redacted(new Uint8Array(Buffer.from(base64, 'base64')));
  throw noValue(`'${id}'`);
}
