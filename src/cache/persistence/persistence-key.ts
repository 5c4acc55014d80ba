import { readFile } from 'node:fs/promises';
import type { CredentialSetting } from '../../core/credential-setting.ts';
import { ConfigurationError } from '../../core/errors/configuration-error.ts';

export const KEY_BYTES = 32;

/**
 * Reads the key that wraps the data key: 32 bytes, raw (from a file), hex or base64.
 * @throws ConfigurationError `InvalidCacheConfig` naming the variable or file, never its content
 */
export async function readPersistenceKey(setting: CredentialSetting): Promise<Uint8Array> {
  const bytes = await readBytes(setting);
  const text = bytes.toString('latin1').trim();
  // 32 hex digits are 16 bytes that somebody took for a key.
  const isRaw = bytes.length === KEY_BYTES && !/^[0-9a-fA-F]{32}$/.test(text);
  const key = isRaw ? bytes : fromText(text);
  if (key?.length === KEY_BYTES) return key;
  throw new ConfigurationError(
    'InvalidCacheConfig',
    `the key of 'cache.persistence' in ${originOf(setting)} is not 32 bytes, raw, hex or base64`,
  );
}

async function readBytes(setting: CredentialSetting): Promise<Buffer> {
  if (typeof setting === 'string') return Buffer.from(setting);
  if ('env' in setting) return Buffer.from(process.env[setting.env] ?? '');
  try {
    return await readFile(setting.file);
  } catch {
    throw new ConfigurationError(
      'InvalidCacheConfig',
      `the key of 'cache.persistence' in ${originOf(setting)} cannot be read`,
    );
  }
}

function fromText(text: string): Uint8Array | undefined {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function originOf(setting: CredentialSetting): string {
  if (typeof setting === 'string') return 'the configuration';
  return 'env' in setting ? `environment variable '${setting.env}'` : `file '${setting.file}'`;
}
