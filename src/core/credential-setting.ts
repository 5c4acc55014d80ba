import { readFile } from 'node:fs/promises';
import { AuthenticationError } from './errors/authentication-error.ts';
import { Redacted } from './redacted.ts';

/** JSON schema of a credential in the configuration (design §12). */
export const credentialSchema = {
  anyOf: [
    { type: 'string', minLength: 1 },
    {
      type: 'object',
      properties: { env: { type: 'string', minLength: 1 } },
      required: ['env'],
      additionalProperties: false,
    },
    {
      type: 'object',
      properties: { file: { type: 'string', minLength: 1 } },
      required: ['file'],
      additionalProperties: false,
    },
  ],
  expected: '{ env: NAME } or { file: PATH }',
} as const;

/** `{ env: NAME }`, `{ file: PATH }` or the credential itself. */
export type CredentialSetting = string | { readonly env: string } | { readonly file: string };

/**
 * Reads the credential anew, so that a file that was rotated is picked up at the next login. The white space around a
 * file's content is no part of it.
 * @throws AuthenticationError `InvalidCredentials` naming the variable or file that is missing or empty.
 */
export async function readCredential(setting: CredentialSetting): Promise<Redacted> {
  if (typeof setting === 'string') return new Redacted(setting);
  const text = 'env' in setting ? (process.env[setting.env] ?? '') : await readText(setting.file);
  const origin = 'env' in setting ? `environment variable '${setting.env}'` : `file '${setting.file}'`;
  if (text.trim() === '')
    throw new AuthenticationError('InvalidCredentials', `the credential in ${origin} is missing or empty`);
  return new Redacted(text.trim());
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new AuthenticationError('InvalidCredentials', `the credential file '${file}' cannot be read`, { cause });
  }
}
