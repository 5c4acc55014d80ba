import { waitFor } from './abort.ts';
import type { Clock } from './clock.ts';

export interface DeadlineOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** The error that the work fails with when time is up; by default a NetworkError `Timeout`. */
  readonly onTimeout?: () => Error;
  /** Ends the work early, with its reason. */
  readonly parent?: AbortSignal;
}

/**
 * Runs `work` under a deadline. When time is up the signal aborts and the promise rejects at once, even if the work
 * does not listen to its signal.
 */
export async function withDeadline<T>(options: DeadlineOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { clock, timeoutMs, onTimeout, parent } = options;
  const controller = new AbortController();
  const follow = (): void => controller.abort(parent?.reason);
  const timer = clock.after(timeoutMs, () => controller.abort(onTimeout?.()));
  if (parent?.aborted === true) follow();
  parent?.addEventListener('abort', follow, { once: true });
  try {
    return await waitFor(work(controller.signal), controller.signal);
  } finally {
    timer.cancel();
    parent?.removeEventListener('abort', follow);
  }
}
