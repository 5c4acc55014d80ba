import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { variable, type Environment } from '../../core/environment.ts';
import { parseIni, type IniSection } from './parse-ini.ts';

export interface SharedFilesOptions {
  readonly env: Environment;
  /** Where `.aws` is. */
  readonly homeDirectory: string;
}

/** What the two shared files say together. */
export interface SharedConfig {
  /** By name. Where both files set the same, the credentials file counts. */
  readonly profiles: ReadonlyMap<string, IniSection>;
  readonly ssoSessions: ReadonlyMap<string, IniSection>;
}

/**
 * Reads `~/.aws/config` and `~/.aws/credentials`, or the files that `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE`
 * name. A file that does not exist says nothing.
 * @throws AuthenticationError naming the file that cannot be read.
 */
export async function loadSharedConfig(options: SharedFilesOptions): Promise<SharedConfig> {
  const config = parseIni(await readShared(options, 'AWS_CONFIG_FILE', 'config'));
  const credentials = parseIni(await readShared(options, 'AWS_SHARED_CREDENTIALS_FILE', 'credentials'));
  const profiles = new Map(config.profile);
  const plainDefault = config.plain.get('default');
  if (plainDefault !== undefined && !profiles.has('default')) profiles.set('default', plainDefault);
  for (const [name, section] of credentials.plain)
    profiles.set(name, new Map([...(profiles.get(name) ?? []), ...section]));
  return { profiles, ssoSessions: config['sso-session'] };
}

/** The profile to use: the one configured, `AWS_PROFILE`, or `default`. */
export const profileName = (env: Environment, configured?: string): string =>
  configured ?? variable(env, 'AWS_PROFILE') ?? 'default';

async function readShared({ env, homeDirectory }: SharedFilesOptions, name: string, base: string): Promise<string> {
  const path = variable(env, name) ?? join(homeDirectory, '.aws', base);
  const file = path.startsWith('~/') ? join(homeDirectory, path.slice(2)) : path;
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw new AuthenticationError('InvalidCredentials', `the shared file '${file}' cannot be read`);
  }
}
