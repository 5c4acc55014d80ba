import type { Clock } from './clock.ts';
import { NetworkError } from './errors/network-error.ts';

/** What an aborted call throws: the signal's reason when that is an error of somebody's, else that time ran out. */
export function abortError(signal: AbortSignal): Error {
  const { reason }: { readonly reason: unknown } = signal;
  // A signal that was aborted without a reason, or by `AbortSignal.timeout`, has a DOMException.
  if (reason instanceof Error && !(reason instanceof DOMException)) return reason;
  return new NetworkError('Timeout', 'the store did not answer in time');
}

/** Waits for work, but not longer than the signal allows; the work itself goes on. */
export async function waitFor<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(abortError(signal));
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', onAbort);
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
