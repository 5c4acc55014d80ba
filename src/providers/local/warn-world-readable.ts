import type { Log } from '../../core/log.ts';
import type { SurveyedFile } from './survey.ts';

const READ_BY_OTHERS = 0o004;

/** Logs one warning when a secrets file can be read by every user of the machine. */
export function warnWorldReadable(files: readonly SurveyedFile[], provider: string, log: Log): void {
  // The mode bits of Windows say nothing about who may read.
  if (process.platform === 'win32') return;
  const open = files.filter(({ mode }) => (mode & READ_BY_OTHERS) !== 0);
  const [first] = open;
  if (first === undefined) return;
  const others = open.length === 1 ? '' : ` and ${open.length - 1} more`;
  log.warn({ provider, files: open.length }, `the local secrets file '${first.file}'${others} can be read by everyone`);
}
