import { FileProblem } from './file-problem.ts';
import type { Loaded } from './load-secrets.ts';

// Two writes within one tick of the file system's clock look alike, so a file that is this young is read again.
const YOUNG_MS = 2000;

/**
 * Whether the same survey would mean the same outcome, so that nothing needs to be read while it stays the same. What
 * could not be read may be readable the next time.
 */
export function isFinal({ survey, outcome }: Loaded, nowMs: number): boolean {
  const problems = outcome instanceof FileProblem ? [outcome] : outcome.unserved.map(({ problem }) => problem);
  return (
    problems.every(({ kind }) => kind === 'broken' || kind === 'empty') &&
    survey.files.every(({ changedMs }) => Math.abs(nowMs - changedMs) > YOUNG_MS)
  );
}
