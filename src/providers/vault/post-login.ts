import type { Redacted } from '../../core/redacted.ts';
import type { Grant } from './login-method.ts';
import { toGrant } from './token-calls.ts';
import { encodePath, type Wire } from './wire.ts';

/** Sends credentials, as JSON, to the login at a mount. */
export async function postLogin(
  wire: Wire,
  { mount, body }: { readonly mount: string; readonly body: Redacted },
  signal: AbortSignal,
): Promise<Grant> {
  const path = `auth/${encodePath(mount)}/login`;
  return toGrant(await wire({ method: 'POST', path, body: body.expose() }, signal));
}
