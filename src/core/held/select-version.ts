import { SecretNotFoundError } from '../errors/secret-not-found-error.ts';
import type { Selector } from '../selector.ts';
import type { HeldSecret, HeldVersion } from './held-secret.ts';
import { canonicalStage } from './stage-name.ts';

/**
 * The version that a selector in its canonical spelling means.
 * @throws SecretNotFoundError `VersionNotFound`, `StageNotFound`
 */
export function selectVersion(secret: HeldSecret, { version, stage }: Selector): HeldVersion {
  if (version !== undefined) return byId(secret, version);
  if (stage === undefined) return secret.current;
  const found = secret.versions.find((held) => held.stages.some((name) => canonicalStage(name) === stage));
  if (found === undefined) throw new SecretNotFoundError('StageNotFound', `no version has the stage '${stage}'`);
  return found;
}

function byId({ versions, explicit }: HeldSecret, id: string): HeldVersion {
  const found = versions.find((held) => held.id === id);
  if (found !== undefined) return found;
  const hint = explicit ? '' : "; a version without an 'id' in the file is known for its last values until a restart";
  throw new SecretNotFoundError('VersionNotFound', `version '${id}' does not exist${hint}`);
}
