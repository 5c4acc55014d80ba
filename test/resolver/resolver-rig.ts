import type { Target } from '../../src/client/router.ts';
import type { AccessContext } from '../../src/core/access-context.ts';
import { SecretNotFoundError } from '../../src/core/errors/secret-not-found-error.ts';
import type { Reader, ReadRequest } from '../../src/client/secret-reader.ts';
import { toProblem } from '../../src/http/problem.ts';
import type { Format } from '../../src/resolver/documents/formats.ts';
import { Resolver } from '../../src/resolver/resolver.ts';
import { ResolveFailure } from '../../src/resolver/resolve-failure.ts';
import { context, createClientRig, type RigOptions } from '../client/client-rig.ts';
import { binarySecret, textSecret } from '../fakes/secrets.ts';

/** Values of secrets by path; bytes are binary secrets. A path that is missing is a secret that does not exist. */
export type Values = ReadonlyMap<string, string | readonly number[]>;

const toTarget = ({ path, version, stage, provider }: Target): Target => ({
  path,
  ...(version !== undefined && { version }),
  ...(stage !== undefined && { stage }),
  ...(provider !== undefined && { provider }),
});

/** A resolver on the real pipeline, with a store of the given secrets. */
export function createResolverRig(values: Values, options: RigOptions = {}) {
  const rig = createClientRig(options);
  rig.provider.onGet = ({ id, selector }) => {
    const value = values.get(id);
    if (value === undefined) throw new SecretNotFoundError('SecretDoesNotExist', 'there is no such secret');
    if (selector.version === '404') throw new SecretNotFoundError('VersionNotFound', 'there is no such version');
    if (typeof value !== 'string') return binarySecret(value);
    return textSecret(value, { version: selector.version ?? selector.stage ?? '1' });
  };
  const asked: ReadRequest[] = [];
  const client = {
    readAll: (targets: readonly Target[], reader: Reader) => {
      asked.push(...targets.map((target) => ({ ...toTarget(target), ...reader })));
      return rig.pipeline.secrets.readAll(targets, reader);
    },
    preview: (target: Target, who: AccessContext) => rig.pipeline.secrets.preview(target, who),
  };
  const resolver = new Resolver({ client, clock: rig.clock });
  return {
    ...rig,
    resolver,
    asked,
    explain: (text: string, format: Format = 'text', who = context) => resolver.explain({ format, text }, who),
    resolve: (text: string, format: Format = 'text') => resolver.resolve({ format, text }, context),
    /** What it fails with, as the client is told. */
    failures: async (text: string, format: Format = 'text') => {
      try {
        await resolver.resolve({ format, text }, context);
      } catch (error) {
        if (error instanceof ResolveFailure) return toProblem(error, 'r1');
        throw error;
      }
      throw new Error('nothing failed');
    },
  };
}
