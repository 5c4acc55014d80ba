import { pino } from 'pino';
import type { Log } from '../core/log.ts';

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

/**
 * An error as the log may show it: its name, code and message, and those of its causes. No other property is shown, for
 * errors of libraries carry requests, headers and bodies.
 */
function describeError(error: unknown): unknown {
  const chain: string[] = [];
  for (let at = error; at instanceof Error && chain.length < 5; at = at.cause) {
    const code = 'code' in at && typeof at.code === 'string' ? ` (${at.code})` : '';
    chain.push(`${at.name}${code}: ${at.message}`);
  }
  return chain.length > 0 ? chain.join('; caused by ') : typeof error;
}
