import { readFile } from 'node:fs/promises';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { isObject, type JsonObject } from '../../core/json-object.ts';
import { parseObject, textAt } from '../../core/json-fields.ts';
import { DEFAULT_UNIVERSE, type SourceTools, type TokenSource } from './token-source.ts';

/** A credential file's content, with the messages for what it lacks. */
export interface CredentialFile {
  /** The member `type`; the empty text when there is none. */
  readonly type: string;
  /** Where it is from, in words for the operator. */
  readonly origin: string;
  readonly content: JsonObject;
  /** What every type of file may tell. */
  readonly common: Pick<TokenSource, 'quotaProject'>;
  /** A text that has to be there. @throws AuthenticationError */
  required(member: string): string;
  optional(member: string): string | undefined;
  /** An object that has to be there, itself a credential. @throws AuthenticationError */
  nested(member: string): CredentialFile;
}

/**
 * Reads it anew, so that a rotated one counts.
 * @throws AuthenticationError `InvalidCredentials`. Nothing of the content is in the message.
 */
export async function readCredentialFile(path: string, origin: string, tools: SourceTools): Promise<CredentialFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw invalid(`the credential file '${path}' of ${origin} cannot be read`, cause);
  }
  const content = parseObject(text);
  if (content === undefined) throw invalid(`the credential file '${path}' of ${origin} is not a JSON object`);
  return createCredentialFile(content, origin, tools);
}

function createCredentialFile(content: JsonObject, origin: string, tools: SourceTools): CredentialFile {
  const universe = textAt(content, 'universe_domain') ?? DEFAULT_UNIVERSE;
  if (universe !== tools.universeDomain)
    throw invalid(
      `the credential file of ${origin} is of the universe '${universe}' and not of '${tools.universeDomain}': see 'universeDomain'`,
    );
  const quotaProject = textAt(content, 'quota_project_id');
  return {
    type: textAt(content, 'type') ?? '',
    origin,
    content,
    common: quotaProject === undefined ? {} : { quotaProject },
    optional: (member) => textAt(content, member),
    required(member) {
      const text = textAt(content, member);
      if (text === undefined) throw invalid(`the credential file of ${origin} has no '${member}'`);
      return text;
    },
    nested(member) {
      const inner = content[member];
      if (!isObject(inner)) throw invalid(`the credential file of ${origin} has no '${member}'`);
      return createCredentialFile(inner, origin, tools);
    },
  };
}

const invalid = (message: string, cause?: unknown): AuthenticationError =>
  new AuthenticationError('InvalidCredentials', message, { cause });
