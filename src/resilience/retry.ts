import { pause } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import type { ErrorCode } from '../core/errors/codes.ts';
import { isSecretsError } from '../core/errors/secrets-error.ts';
import { wasNotAsked } from './transient.ts';

interface Rule {
  readonly maxAttempts: number;
  readonly baseMs: number;
}

/** Specification §1.7.1. A code that is not here is not retried. */
const rules: ReadonlyMap<ErrorCode, Rule> = new Map<ErrorCode, Rule>([
  ['RateLimited', { maxAttempts: 5, baseMs: 1_000 }],
  ['QuotaExceeded', { maxAttempts: 5, baseMs: 1_000 }],
  ['ProviderUnavailable', { maxAttempts: 3, baseMs: 1_000 }],
  ['InternalError', { maxAttempts: 3, baseMs: 500 }],
  ['ConnectionFailed', { maxAttempts: 3, baseMs: 500 }],
  ['TlsError', { maxAttempts: 3, baseMs: 500 }],
  ['Timeout', { maxAttempts: 3, baseMs: 500 }],
]);

export interface RetryOptions {
  readonly clock: Clock;
  /** 0 to 1, for the jitter. */
  readonly random: () => number;
  /** Caps every rule. */
  readonly maxAttempts: number;
  /** Monotonic time after which waiting is pointless. */
  readonly deadlineAtMs: number;
  readonly signal: AbortSignal;
}

/**
 * Repeats `attempt` as its error's rule allows: exponential back-off with full jitter, or what `Retry-After` says. A
 * wait that would end after the deadline is not begun: the error is thrown at once. What was not sent, for an open breaker or a spent budget, ends the retries.
 */
export async function retry<T>(options: RetryOptions, attempt: () => Promise<T>): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt();
    } catch (error) {
      const delayMs = delayBefore(error, count, options);
      if (delayMs === undefined) throw error;
      await pause(options.clock, delayMs, options.signal);
    }
  }
}

/** Milliseconds to wait before the next attempt; undefined when there is none. */
function delayBefore(error: unknown, count: number, options: RetryOptions): number | undefined {
  if (!isSecretsError(error) || wasNotAsked(error)) return undefined;
  const rule = rules.get(error.code);
  if (rule === undefined || count >= Math.min(rule.maxAttempts, options.maxAttempts)) return undefined;
  const jitterMs = options.random() * rule.baseMs * 2 ** (count - 1);
  const delayMs = error.details.retryAfterMs ?? jitterMs;
  return options.clock.monotonicMs() + delayMs < options.deadlineAtMs ? delayMs : undefined;
}
