import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { Redacted } from '../../core/redacted.ts';
import type { SecretValue } from '../../core/secret.ts';
import { assertPath } from './assert-path.ts';
import { FileProblem, toFileProblem } from './file-problem.ts';
import { parseFile } from './parse-file.ts';
import type { StoredSecret } from './stored-secret.ts';
import type { Survey, SurveyedFile } from './survey.ts';

const MAX_BYTES = 16 * 1024 * 1024;

/** A file that cannot be served, and the secret it would be. */
export interface Unserved {
  readonly file: string;
  readonly path: string;
  readonly problem: FileProblem;
}

export interface ReadSecrets {
  readonly secrets: ReadonlyMap<string, StoredSecret>;
  /** Files of a directory; a single file is served or not as a whole. */
  readonly unserved: readonly Unserved[];
}

/**
 * Reads what a survey has found. One bad file in a directory does not touch the others.
 * @throws FileProblem when there is nothing to serve at all: `empty` for a file or directory that holds nothing.
 */
export async function readSecrets(survey: Survey): Promise<ReadSecrets> {
  if (survey.kind === 'directory') return readDirectory(survey.files);
  const secrets = new Map<string, StoredSecret>();
  for (const entry of survey.files)
    for (const [path, secret] of parseFile(entry.file, await readBytes(entry))) secrets.set(path, secret);
  return { secrets, unserved: [] };
}

async function readDirectory(files: readonly SurveyedFile[]): Promise<ReadSecrets> {
  // An unmounted volume looks like an empty directory.
  if (files.length === 0) throw new FileProblem('empty', 'is empty');
  const secrets = new Map<string, StoredSecret>();
  const unserved: Unserved[] = [];
  for (const entry of files) {
    try {
      assertPath(entry.path, 'name');
      secrets.set(entry.path, toSecret(await readBytes(entry), entry));
    } catch (error) {
      unserved.push({ file: entry.file, path: entry.path, problem: toFileProblem(error) });
    }
  }
  return { secrets, unserved };
}

async function readBytes({ file, bytes }: SurveyedFile): Promise<Uint8Array> {
  if (bytes > MAX_BYTES) throw new FileProblem('broken', `is larger than ${MAX_BYTES} bytes`);
  try {
    return await readFile(file);
  } catch (error) {
    throw toFileProblem(error);
  }
}

/** The bytes are the value, a newline at the end included. */
function toSecret(bytes: Uint8Array, { file, changedMs }: SurveyedFile): StoredSecret {
  return { content: { value: toValue(bytes) }, file, updatedAt: new Date(changedMs) };
}

function toValue(bytes: Uint8Array): SecretValue {
  // Unlike TextDecoder, Buffer leaves a byte order mark where it is.
  return isUtf8(bytes) ? new Redacted(Buffer.from(bytes).toString('utf8')) : new Redacted<Uint8Array>(bytes);
}
