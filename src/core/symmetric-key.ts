import { readFile } from 'node:fs/promises';
import type { CredentialSetting } from './credential-setting.ts';
import type { CodeOf } from './errors/codes.ts';
import { ConfigurationError } from './errors/configuration-error.ts';

export const KEY_BYTES = 32;

/** The setting that names the key, and the code of the error when it is no key. */
export interface KeyPurpose {
  readonly setting: string;
  readonly code: CodeOf<'ConfigurationError'>;
}

/**
 * Reads a key: 32 bytes, raw (from a file), hex or base64.
 * @throws ConfigurationError naming the variable or file, never its content
 */
export async function readSymmetricKey(key: CredentialSetting, purpose: KeyPurpose): Promise<Uint8Array> {
  const bytes = await readBytes(key, purpose);
  const text = bytes.toString('latin1').trim();
  // 32 hex digits are 16 bytes that somebody took for a key.
  const isRaw = bytes.length === KEY_BYTES && !/^[0-9a-fA-F]{32}$/.test(text);
  const parsed = isRaw ? bytes : fromText(text);
  if (parsed?.length === KEY_BYTES) return parsed;
  throw new ConfigurationError(
    purpose.code,
    `the key of '${purpose.setting}' in ${originOf(key)} is not 32 bytes, raw, hex or base64`,
  );
}

async function readBytes(key: CredentialSetting, purpose: KeyPurpose): Promise<Buffer> {
  if (typeof key === 'string') return Buffer.from(key);
  if ('env' in key) return Buffer.from(process.env[key.env] ?? '');
  try {
    return await readFile(key.file);
  } catch {
    throw new ConfigurationError(purpose.code, `the key of '${purpose.setting}' in ${originOf(key)} cannot be read`);
  }
}

function fromText(text: string): Uint8Array | undefined {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function originOf(key: CredentialSetting): string {
  if (typeof key === 'string') return 'the configuration';
  return 'env' in key ? `environment variable '${key.env}'` : `file '${key.file}'`;
}
