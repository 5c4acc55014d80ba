import { readFile, stat } from 'node:fs/promises';
import { ConfigurationError } from '../core/errors/configuration-error.ts';
import type { ConfigText } from './config-source.ts';
import { MAX_CONFIG_CHARACTERS } from './parse-config-text.ts';

const DEFAULT_FILE = '/etc/keyfob/keyfob.yaml';

/** Which file is the configuration, and whether somebody asked for it. */
export interface ConfigFile {
  readonly file: string;
  /** False for the file that is looked for when none was named. */
  readonly isNamed: boolean;
}

/** `--config` comes first, then `KEYFOB_CONFIG`, then the usual place. */
export function findConfigFile(from: {
  readonly flag?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}): ConfigFile {
  // A variable that is set to nothing counts as not set, as is usual in container manifests.
  const named = from.flag ?? (from.env['KEYFOB_CONFIG'] || undefined);
  return named === undefined ? { file: DEFAULT_FILE, isNamed: false } : { file: named, isNamed: true };
}

/**
 * Reads the file anew, for `loadConfig`.
 * @throws ConfigurationError when it is absent, unreadable, too large or no UTF-8
 */
export async function readConfigFile({ file, isNamed }: ConfigFile): Promise<ConfigText> {
  try {
    const { size } = await stat(file);
    if (size > MAX_CONFIG_CHARACTERS * 4)
      throw new ConfigurationError('InvalidProvider', `${file}: the file is larger than 1 MiB`);
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file)), file };
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    throw new ConfigurationError('InvalidProvider', explain(cause, { file, isNamed }), { cause });
  }
}

function explain(cause: unknown, { file, isNamed }: ConfigFile): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'UNKNOWN';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return `${file}: the file is not UTF-8`;
  if (code !== 'ENOENT') return `the configuration file '${file}' cannot be read (${code})`;
  if (isNamed) return `there is no configuration file '${file}'`;
  return `no configuration: there is no '${file}'; name one with '--config FILE' or 'KEYFOB_CONFIG', or serve a file of secrets with '--local FILE'`;
}
