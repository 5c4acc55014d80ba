import { isUtf8 } from 'node:buffer';
import { JsonNode } from '../core/json-node.ts';
import { CommandFailure } from './command-failure.ts';
import type { RequestBody } from './daemon-client.ts';
import type { DocumentFormat } from './document-format.ts';
import type { Finding } from './finding.ts';

/** How a document goes to the daemon, and what comes back. */
export interface Exchange {
  readonly body: RequestBody;
  /** The document in a good answer. */
  toDocument(answer: Uint8Array): Uint8Array;
  /** A finding at its place in the document as it was read. */
  toFinding(finding: Finding): Finding;
}

const contentTypes: Readonly<Record<Exclude<DocumentFormat, 'json'>, string>> = {
  text: 'text/plain',
  yaml: 'application/yaml',
  env: 'text/x-dotenv',
};

/** @returns what is wrong, for a document that is no UTF-8, or not JSON though it should be */
export function toExchange(bytes: Uint8Array, format: DocumentFormat): Exchange | Finding {
  if (!isUtf8(bytes)) return { line: 1, column: 1, message: 'this is no UTF-8' };
  if (format === 'json') return toJsonExchange(Buffer.from(bytes).toString());
  return {
    body: { contentType: contentTypes[format], bytes },
    toDocument: (answer) => answer,
    toFinding: (finding) => finding,
  };
}

function toJsonExchange(text: string): Exchange | Finding {
  const problem = problemOf(text);
  if (problem !== undefined) return problem;
  const before = text.slice(0, text.length - text.trimStart().length);
  const after = text.slice(text.trimEnd().length);
  const lines = before.split('\n');
  const indent = lines.at(-1)?.length ?? 0;
  return {
    body: { contentType: 'application/json', bytes: Buffer.from(`{"document":${text}}`) },
    toDocument: (answer) => {
      const document = new JsonNode(Buffer.from(answer).toString()).child('document');
      if (document === undefined) throw new CommandFailure('the daemon did not answer with a document');
      return Buffer.from(before + document.text + after);
    },
    toFinding: (finding) => ({
      ...finding,
      line: finding.line + lines.length - 1,
      column: finding.line === 1 ? finding.column + indent : finding.column,
    }),
  };
}

/** Node's own message repeats the text; only the place is taken from it, where it has one. */
function problemOf(text: string): Finding | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const [, line = 1, column = 1] = /line (\d+) column (\d+)/.exec(String(error)) ?? [];
    return { line: Number(line), column: Number(column), message: 'this is no valid JSON' };
  }
}
