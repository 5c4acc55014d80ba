export type ProblemKind = 'missing' | 'unreadable' | 'empty' | 'broken';

export interface Place {
  readonly line: number;
  readonly column?: number;
}

/** Why a file cannot be served. The message names what and where, never what the file holds. */
export class FileProblem extends Error {
  readonly kind: ProblemKind;
  readonly place: Place | undefined;

  /** @param message what follows `the file 'x' `, the place left out. */
  constructor(kind: ProblemKind, message: string, place?: Place) {
    super(message);
    this.kind = kind;
    this.place = place;
  }
}

/** The problem that a failed call to the file system stands for. Any other error is a mistake of ours and thrown on. */
export function toFileProblem(error: unknown): FileProblem {
  if (error instanceof FileProblem) return error;
  if (!(error instanceof Error) || !('code' in error)) throw error;
  const code = String(error.code);
  if (code === 'ENOENT' || code === 'ENOTDIR') return new FileProblem('missing', 'does not exist');
  return new FileProblem('unreadable', `cannot be read (${code})`);
}

/** One line for the log or for the operator. */
export function problemText(file: string, problem: FileProblem): string {
  const { line, column } = problem.place ?? {};
  const where = line === undefined ? '' : ` (line ${line}${column === undefined ? '' : `, column ${column}`})`;
  return `the local secrets file '${file}' ${problem.message}${where}`;
}
