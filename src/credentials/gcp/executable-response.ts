import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { Redacted } from '../../core/redacted.ts';
import type { JsonObject } from '../../core/json-object.ts';
import { parseObject, textAt } from '../../core/json-fields.ts';

const SAML = 'urn:ietf:params:oauth:token-type:saml2';
const OIDC: ReadonlySet<string> = new Set([
  'urn:ietf:params:oauth:token-type:id_token',
  'urn:ietf:params:oauth:token-type:jwt',
]);

export interface ExecutableResponse {
  readonly token: Redacted;
  /** Milliseconds since 1970; undefined when it does not tell. */
  readonly expiresAtMs: number | undefined;
}

/**
 * What a program prints, or leaves in its output file (google.aip.dev/auth/4117).
 * @throws AuthenticationError. What the program says of a failure is not passed on: it may quote a token.
 */
export function parseExecutableResponse(text: string): ExecutableResponse {
  const body = parseObject(text);
  if (body === undefined) throw invalid('printed something else than a JSON object');
  if (body['version'] !== 1) throw invalid("printed no 'version' that is supported");
  if (body['success'] !== true) throw invalid("reports a failure, or no 'success'");
  const token = tokenOf(body);
  if (token === undefined) throw invalid("printed no token of a 'token_type' that is supported");
  const seconds = body['expiration_time'];
  return { token: new Redacted(token), expiresAtMs: typeof seconds === 'number' ? seconds * 1000 : undefined };
}

function tokenOf(body: JsonObject): string | undefined {
  const type = textAt(body, 'token_type') ?? '';
  if (type === SAML) return textAt(body, 'saml_response');
  return OIDC.has(type) ? textAt(body, 'id_token') : undefined;
}

const invalid = (problem: string): AuthenticationError =>
  new AuthenticationError('InvalidCredentials', `the program for the subject token ${problem}`);
