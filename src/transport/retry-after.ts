import type { ErrorDetails } from '../core/errors/secrets-error.ts';

/** Milliseconds of a `Retry-After` header (RFC 9110 §10.2.3): seconds, or a date. */
export function retryAfter(headers: ReadonlyMap<string, string>, wallMs: number): Pick<ErrorDetails, 'retryAfterMs'> {
  const value = headers.get('retry-after')?.trim() ?? '';
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - wallMs;
  return Number.isNaN(ms) ? {} : { retryAfterMs: Math.max(0, ms) };
}
