import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { isObject, type JsonObject } from '../../core/json-object.ts';
import { Redacted } from '../../core/redacted.ts';
import type { CredentialFile } from './credential-file.ts';
import { parseObject, textAt } from '../../core/json-fields.ts';

/** Reads the proof that another identity provider gave us, anew for each exchange: it is rotated where it lies. */
export type ReadSubjectToken = (signal: AbortSignal) => Promise<Redacted>;

/** The member `credential_source` of an external account. @throws AuthenticationError */
export function credentialSource(file: CredentialFile): JsonObject {
  const source = file.content['credential_source'];
  if (isObject(source)) return source;
  throw invalid(`the credential file of ${file.origin} has no 'credential_source'`);
}

/** How a token is spelled where it lies: as it is, or as a member of a JSON object. */
export type SubjectTokenFormat = (text: string) => Redacted;

/**
 * The member `format` of a credential source. White space around a token is no part of it.
 * @throws AuthenticationError
 */
export function parseFormat(source: JsonObject): SubjectTokenFormat {
  const format = isObject(source['format']) ? source['format'] : {};
  const type = textAt(format, 'type') ?? 'text';
  if (type === 'text') return (text) => present(text.trim());
  const field = textAt(format, 'subject_token_field_name');
  if (type !== 'json') throw invalid("the credential file's 'format.type' is neither 'text' nor 'json'");
  if (field === undefined) throw invalid("the credential file's 'format' has no 'subject_token_field_name'");
  return (text) => present(textAt(parseObject(text) ?? {}, field) ?? '');
}

function present(token: string): Redacted {
  if (token === '') throw invalid("there is no subject token where the 'credential_source' says");
  return new Redacted(token);
}

const invalid = (message: string): AuthenticationError => new AuthenticationError('InvalidCredentials', message);
