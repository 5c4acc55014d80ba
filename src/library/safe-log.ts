import type { Log, LogFields } from '../core/log.ts';
import { describeError } from '../observability/describe-error.ts';

const drop = (): undefined => undefined;

/** For a program that has not asked for a log. */
export const noLog: Log = { error: drop, warn: drop, info: drop, debug: drop, trace: drop };

/** A log of somebody else's, given errors in words: as objects they may carry requests, headers and bodies. */
export function safeLog(log: Log): Log {
  const safe = (fields: LogFields): LogFields =>
    'err' in fields ? { ...fields, err: describeError(fields['err']) } : fields;
  return {
    error: (fields, message) => log.error(safe(fields), message),
    warn: (fields, message) => log.warn(safe(fields), message),
    info: (fields, message) => log.info(safe(fields), message),
    debug: (fields, message) => log.debug(safe(fields), message),
    trace: (fields, message) => log.trace(safe(fields), message),
  };
}
