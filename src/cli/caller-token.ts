import { readCredential } from '../core/credential-setting.ts';
import { AuthenticationError } from '../core/errors/authentication-error.ts';
import { Redacted } from '../core/redacted.ts';
import type { CommandIo } from './command-io.ts';

// What RFC 9110 lets a header hold, without white space.
const SENDABLE = /^[\x21-\x7e]+$/;

/**
 * The caller's token: `KEYFOB_TOKEN`, else the first line of the file `KEYFOB_TOKEN_FILE`, since such a file holds
 * several while a token is being rotated. Undefined when neither is set.
 * @throws AuthenticationError `InvalidCredentials`
 */
export async function readCallerToken(env: CommandIo['env']): Promise<Redacted | undefined> {
  const name = ['KEYFOB_TOKEN', 'KEYFOB_TOKEN_FILE'].find((key) => env[key]);
  if (name === undefined) return undefined;
  const setting = env[name] ?? '';
  const text = (await readCredential(name === 'KEYFOB_TOKEN' ? setting : { file: setting })).expose();
  const token = text.split('\n', 1)[0]?.trim() ?? '';
  if (SENDABLE.test(token)) return new Redacted(token);
  throw new AuthenticationError('InvalidCredentials', `'${name}' holds no valid token`);
}
