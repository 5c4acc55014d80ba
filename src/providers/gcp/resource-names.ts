import { type Place, toSecretId } from './secret-name.ts';

/** Names of resources as they stand in the paths of calls, each segment percent-encoded. */
export interface ResourceNames {
  /** All secrets of the instance. */
  readonly secrets: string;
  /** @param id a canonical native id. */
  secret(id: string): string;
  /** @param version a number, an alias or `latest`. */
  version(id: string, version: string): string;
}

export function createResourceNames({ project, location }: Place): ResourceNames {
  const parent = `projects/${encodeURIComponent(project)}`;
  const region = location === undefined ? '' : `/locations/${encodeURIComponent(location)}`;
  const secrets = `${parent}${region}/secrets`;
  const secret = (id: string): string => `${secrets}/${encodeURIComponent(toSecretId(id))}`;
  return { secrets, secret, version: (id, version) => `${secret(id)}/versions/${encodeURIComponent(version)}` };
}
