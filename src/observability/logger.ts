import { pino } from 'pino';
import type { Log } from '../core/log.ts';
import { describeError } from './describe-error.ts';

export interface LoggerOptions {
  readonly level: string;
}

/** The log with its level, which a new configuration may change. */
export interface Logger extends Log {
  level: string;
}

// What is kept of the lines that could not be written; it is tried again with the next line.
const MAX_KEPT_BYTES = 65_536;

/**
 * The program's log: one JSON line each, to standard error, ISO time stamps. Written at once, so that none is lost. A
 * log that cannot be written (a full disk) loses lines, and hinders nothing.
 */
export function createLogger(options: LoggerOptions): Logger {
  const stream = pino.destination({ fd: 2, sync: true, maxLength: MAX_KEPT_BYTES });
  stream.on('error', () => {
    // pino calls it after a fatal line; on a full disk it would try for ever.
    stream.flushSync = () => undefined;
  });
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
    },
    stream,
  );
}
