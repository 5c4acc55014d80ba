import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import { SecretNotFoundError } from '../../core/errors/secret-not-found-error.ts';
import type { SecretsError } from '../../core/errors/secrets-error.ts';

// `secret/data/app/db`, as the HTTP API of version 2 spells what is `app/db` in the mount `secret`.
const API_PATH = /^(?:data|metadata)\/(.+)$/;

/** There is no secret; and where the path was written as for Vault itself, how it is written here. */
export function toMissingError(id: string, mount: string): SecretsError {
  const below = id.startsWith(`${mount}/`) ? id.slice(mount.length + 1) : '';
  const meant = API_PATH.exec(below)?.[1];
  if (meant !== undefined)
    return new ConfigurationError(
      'InvalidPathPattern',
      `'${id}' is a path of Vault's HTTP API: the secret's path begins below the mount '${mount}' and is '${meant}'`,
    );
  const advice = below === '' ? '' : `; paths begin below the mount '${mount}', so '${below}' may be meant`;
  return new SecretNotFoundError('SecretDoesNotExist', `no secret at '${id}'${advice}`);
}
