import type { Clock } from '../core/clock.ts';
import { NetworkError } from '../core/errors/network-error.ts';
import { SecretsError } from '../core/errors/secrets-error.ts';

/** What an aborted call throws: the signal's reason when it is one of our errors, else that time ran out. */
export function abortError(signal: AbortSignal): SecretsError {
  if (signal.reason instanceof SecretsError) return signal.reason;
  return new NetworkError('Timeout', 'the store did not answer in time');
}

/** Waits for shared work, but not longer than the signal allows; the work itself goes on. */
export async function waitFor<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw abortError(signal);
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(abortError(signal));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Runs `work` with a signal that aborts after `ms`. */
export async function withDeadline<T>(clock: Clock, ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const timer = clock.after(ms, () =>
    controller.abort(new NetworkError('Timeout', 'the store did not answer in time')),
  );
  try {
    return await work(controller.signal);
  } finally {
    timer.cancel();
  }
}

/** Resolves after `ms`, or throws as soon as the signal aborts. */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = clock.after(ms, resolve);
  try {
    await waitFor(promise, signal);
  } finally {
    timer.cancel();
  }
}
