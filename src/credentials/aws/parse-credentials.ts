import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { isObject } from '../../core/json-object.ts';
import { Redacted } from '../../core/redacted.ts';
import type { AwsCredentials } from './credentials.ts';

/** The members that hold the parts; the metadata services say `Token` where a process says `SessionToken`. */
export interface CredentialsForm {
  readonly token: 'Token' | 'SessionToken';
  /** Whether there must be a token and an expiration. */
  readonly isTemporary: boolean;
}

/**
 * Credentials as JSON.
 * @param source who sent them, for the message and the operator.
 * @throws AuthenticationError
 */
export function parseCredentials(text: string, source: string, form: CredentialsForm): AwsCredentials {
  const value = parseObject(text, source);
  const accessKeyId = textAt(value, 'AccessKeyId');
  const secretAccessKey = textAt(value, 'SecretAccessKey');
  const token = textAt(value, form.token);
  const expiration = textAt(value, 'Expiration');
  const expiresAt = new Date(expiration ?? '');
  const isComplete = !form.isTemporary || (token !== undefined && expiration !== undefined);
  if (accessKeyId === undefined || secretAccessKey === undefined || !isComplete)
    throw broken(source, 'answers without all parts of credentials');
  if (expiration !== undefined && Number.isNaN(expiresAt.getTime()))
    throw broken(source, "answers with an 'Expiration' that is not a time");
  return {
    accessKeyId,
    secretAccessKey: new Redacted(secretAccessKey),
    ...(token !== undefined && { sessionToken: new Redacted(token) }),
    ...(expiration !== undefined && { expiresAt }),
    source,
  };
}

/** @throws AuthenticationError when the text is not a JSON object. */
export function parseObject(text: string, source: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!isObject(value)) throw broken(source, 'answers with something else than a JSON object');
  return value;
}

/** A text that is there and not empty. */
export function textAt(value: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const found = value[key];
  return typeof found === 'string' && found !== '' ? found : undefined;
}

const broken = (source: string, what: string): AuthenticationError =>
  new AuthenticationError('InvalidCredentials', `${source} ${what}`);
