import type { DaemonAnswer } from './daemon-client.ts';

/** Something wrong in a document. */
export interface Finding {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** A sentence, perhaps with a code in brackets. */
  readonly message: string;
  /** The reference, and in a second line a caret. */
  readonly excerpt?: string;
}

export interface Findings {
  readonly findings: readonly Finding[];
  /** How many there are; at most the first hundred are listed. */
  readonly count: number;
}

/** `file:line:col: message`, as editors and CI read it. */
export const toLine = (name: string, { line, column, message }: Finding): string =>
  `${name}:${line}:${column}: ${message}\n`;

/** The same with what stands there. */
export const toLines = (name: string, finding: Finding): string =>
  toLine(name, finding) + (finding.excerpt ?? '').replace(/^.+$/gm, '  $&\n').replaceAll('\n\n', '\n');

/** What the daemon says of each reference; undefined when its answer is about something else. */
export function parseFindings({ contentType, body }: DaemonAnswer): Findings | undefined {
  if (!contentType.startsWith('application/problem+json')) return undefined;
  try {
    const problem: unknown = JSON.parse(Buffer.from(body).toString());
    if (typeof problem !== 'object' || problem === null || !('errors' in problem) || !Array.isArray(problem.errors))
      return undefined;
    const findings = problem.errors.map(parseFinding);
    return { findings, count: 'errorCount' in problem ? Number(problem.errorCount) : findings.length };
  } catch {
    return undefined;
  }
}

/** The contract says what is in it; the cast says no more. */
function parseFinding(error: unknown): Finding {
  const { line, column, detail, code, excerpt } = error as Readonly<Record<string, unknown>>;
  const [row, place] = [Number(line), Number(column)];
  return { line: row, column: place, message: `${String(detail)} (${String(code)})`, excerpt: String(excerpt) };
}
