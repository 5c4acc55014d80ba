import { test } from 'tap';
import type { ErrorCode } from '../../src/core/errors/codes.ts';
import { NetworkError } from '../../src/core/errors/network-error.ts';
import { ProviderError } from '../../src/core/errors/provider-error.ts';
import { BreakerOpenError } from '../../src/resilience/breaker-open-error.ts';
import { BudgetSpentError } from '../../src/resilience/budget-spent-error.ts';
import { retry, type RetryOptions } from '../../src/resilience/retry.ts';
import { everyError } from '../fakes/every-error.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

interface Trial {
  /** When each attempt began, from the first. */
  readonly attemptsMs: readonly number[];
  readonly outcome: unknown;
  readonly timers: number;
}

const HOUR_MS = 3_600_000;

/** Runs attempts that fail with the errors in their order, the last one for ever, for as long as it takes. */
async function attempt(errors: readonly (Error | undefined)[], options: Partial<RetryOptions> = {}): Promise<Trial> {
  const clock = new FakeClock();
  const startMs = clock.monotonicMs();
  const attemptsMs: number[] = [];
  const defaults = { clock, random: () => 1, maxAttempts: 100, deadlineAtMs: startMs + HOUR_MS };
  const signal = new AbortController().signal;
  let outcome: unknown = 'pending';
  const work = retry({ ...defaults, signal, ...options }, async () => {
    const error = errors[Math.min(attemptsMs.length, errors.length - 1)];
    attemptsMs.push(clock.monotonicMs() - startMs);
    if (error !== undefined) throw error;
    return 'done';
  }).then(
    (value: unknown) => (outcome = value),
    (error: unknown) => (outcome = error),
  );
  await clock.advance(HOUR_MS);
  await work;
  return { attemptsMs, outcome, timers: clock.timers };
}

// Specification §1.7.1; design §3 for `QuotaExceeded`. With a random number of 1 the waits are the whole back-off.
const schedules: ReadonlyMap<ErrorCode, readonly number[]> = new Map<ErrorCode, readonly number[]>([
  ['RateLimited', [0, 1_000, 3_000, 7_000, 15_000]],
  ['QuotaExceeded', [0, 1_000, 3_000, 7_000, 15_000]],
  ['ProviderUnavailable', [0, 1_000, 3_000]],
  ['InternalError', [0, 500, 1_500]],
  ['ConnectionFailed', [0, 500, 1_500]],
  ['TlsError', [0, 500, 1_500]],
  ['Timeout', [0, 500, 1_500]],
]);

test('every code is repeated as its rule says, and no other', async (t) => {
  for (const error of everyError()) {
    const { attemptsMs, outcome } = await attempt([error]);
    t.same(attemptsMs, schedules.get(error.code) ?? [0], error.code);
    t.equal(outcome, error, 'and its own error is thrown');
  }
});

test('what is no error of ours is thrown at once', async (t) => {
  t.same((await attempt([new TypeError('x')])).attemptsMs, [0]);
});

test('the jitter is full: from nothing to the whole back-off', async (t) => {
  const error = new ProviderError('ProviderUnavailable', 'x');
  t.same((await attempt([error], { random: () => 0 })).attemptsMs, [0, 0, 0]);
  t.same((await attempt([error], { random: () => 0.25 })).attemptsMs, [0, 250, 750]);
  t.same((await attempt([error], { random: () => 1 })).attemptsMs, [0, 1_000, 3_000]);
});

test('an answer ends it', async (t) => {
  const { attemptsMs, outcome, timers } = await attempt([new NetworkError('Timeout', 'x'), undefined]);
  t.same(attemptsMs, [0, 500]);
  t.equal(outcome, 'done');
  t.equal(timers, 0);
});

test('`Retry-After` is obeyed, whatever the jitter says', async (t) => {
  const error = new ProviderError('RateLimited', 'x', { retryAfterMs: 4_000 });
  for (const random of [0, 1])
    t.same((await attempt([error, undefined], { random: () => random })).attemptsMs, [0, 4_000]);
});

test('a wait that would end after the deadline is not begun', async (t) => {
  const clock = new FakeClock();
  const deadlineAtMs = clock.monotonicMs() + 10_000;
  const beyond = new ProviderError('RateLimited', 'x', { retryAfterMs: 10_000 });
  const { outcome, attemptsMs } = await attempt([beyond], { deadlineAtMs });
  t.same(attemptsMs, [0]);
  t.equal(outcome, beyond, 'it is the error with its `Retry-After` that is thrown');
  const within = new ProviderError('RateLimited', 'x', { retryAfterMs: 9_999 });
  t.same((await attempt([within, undefined], { deadlineAtMs })).attemptsMs, [0, 9_999]);
  t.same(
    (await attempt([new ProviderError('RateLimited', 'x')], { deadlineAtMs })).attemptsMs,
    [0, 1_000, 3_000, 7_000],
  );
});

test('and no time passes before it is thrown', async (t) => {
  const clock = new FakeClock();
  const error = new ProviderError('RateLimited', 'x', { retryAfterMs: HOUR_MS });
  const { signal } = new AbortController();
  const options = { clock, random: () => 0, maxAttempts: 5, deadlineAtMs: clock.monotonicMs() + 10_000, signal };
  await t.rejects(
    retry(options, () => Promise.reject(error)),
    error,
  );
});

test('`maxAttempts` caps every rule', async (t) => {
  for (const [maxAttempts, count] of [
    [1, 1],
    [2, 2],
    [5, 5],
    [9, 5],
  ] as const) {
    const { attemptsMs } = await attempt([new ProviderError('RateLimited', 'x')], { maxAttempts });
    t.equal(attemptsMs.length, count, `${maxAttempts}`);
  }
});

test('all attempts count, whatever they failed with', async (t) => {
  const [slow, down] = [new ProviderError('RateLimited', 'x'), new ProviderError('ProviderUnavailable', 'x')];
  t.equal((await attempt([slow, slow, down])).attemptsMs.length, 3);
});

test('an open breaker ends it', async (t) => {
  const open = new BreakerOpenError('vault', 1);
  const { attemptsMs, outcome } = await attempt([new ProviderError('ProviderUnavailable', 'x'), open]);
  t.same(attemptsMs, [0, 1_000]);
  t.equal(outcome, open);
});

test('a spent budget ends it, though its code is one that is repeated', async (t) => {
  const spent = new BudgetSpentError('vault', 1);
  t.same((await attempt([spent])).attemptsMs, [0]);
  const { attemptsMs, outcome } = await attempt([new ProviderError('RateLimited', 'x'), spent]);
  t.same(attemptsMs, [0, 1_000]);
  t.equal(outcome, spent);
});

test('the end of the signal ends the wait', async (t) => {
  const clock = new FakeClock();
  const controller = new AbortController();
  const options = { clock, random: () => 1, maxAttempts: 5, deadlineAtMs: Infinity, signal: controller.signal };
  let attempts = 0;
  const work = retry(options, () => {
    attempts++;
    return Promise.reject(new NetworkError('Timeout', 'x'));
  });
  const reason = new Error('over');
  const rejected = t.rejects(work, reason);
  await clock.advance(100);
  controller.abort(reason);
  await rejected;
  t.equal(clock.timers, 0);
  t.equal(attempts, 1);
});
