import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import { parseObject } from '../../core/json-fields.ts';
import type { CassetteLine } from './cassette-line.ts';

/** Opens a piece that was sealed. @throws when the key is another one, or the piece is damaged */
export type UnsealText = (sealed: Buffer) => string;

/**
 * The lines of a cassette. One that breaks off, as when the recorder was killed, is read as far as it goes.
 * @param unseal absent when there is no key
 * @throws ConfigurationError
 */
export async function readCassette(file: string, unseal: UnsealText | undefined): Promise<readonly CassetteLine[]> {
  const text = await readText(file);
  const [head = '', ...lines] = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  const { cassette, values } = parseObject(head) ?? {};
  if (cassette !== 1) throw new ConfigurationError('InvalidProvider', `the file '${file}' is no cassette`);
  if (values === 'keep' && unseal === undefined)
    throw new ConfigurationError('InvalidProvider', `the cassette '${file}' is sealed: it needs 'simulation.key'`);
  return lines.flatMap((line, index) => (line === '' ? [] : parseLine(line, unseal, `'${file}', line ${index + 2}`)));
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new ConfigurationError('MissingEndpoint', `the cassette '${file}' cannot be read`, { cause });
  }
}

/** The format has been checked by its head, and the seal by its tag; what a line holds we have written. */
function parseLine(line: string, unseal: UnsealText | undefined, place: string): readonly CassetteLine[] {
  try {
    const { sealed, ...plain } = JSON.parse(line) as CassetteLine & { readonly sealed?: string };
    if (sealed === undefined) return [plain];
    const pieces = unseal?.(Buffer.from(sealed, 'base64')).split('\n') ?? [];
    return pieces.map((piece) => JSON.parse(piece) as CassetteLine);
  } catch (cause) {
    throw new ConfigurationError('InvalidProvider', `the cassette cannot be understood or has another key (${place})`, {
      cause,
    });
  }
}
