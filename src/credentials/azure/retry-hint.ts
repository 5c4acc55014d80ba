import type { ErrorDetails } from '../../core/errors/secrets-error.ts';
import { retryAfter } from '../../transport/retry-after.ts';

const IN_MILLISECONDS = ['retry-after-ms', 'x-ms-retry-after-ms'];

/** How long Azure wants us to wait: its own headers in milliseconds, else `Retry-After`. */
export function retryHint(headers: ReadonlyMap<string, string>, wallMs: number): Pick<ErrorDetails, 'retryAfterMs'> {
  for (const name of IN_MILLISECONDS) {
    const value = headers.get(name)?.trim() ?? '';
    if (/^\d+$/.test(value)) return { retryAfterMs: Number(value) };
  }
  return retryAfter(headers, wallMs);
}
