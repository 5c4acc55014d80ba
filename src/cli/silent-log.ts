import type { Log } from '../core/log.ts';

/** What a provider would log is said by the command's own lines. */
export const silentLog: Log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  trace: () => undefined,
};
