/** A pending timer. Never keeps the process alive. */
export interface Timer {
  cancel(): void;
}

/** Time, injected everywhere so that tests need no sleeps. */
export interface Clock {
  /** Milliseconds since an arbitrary start; never goes back. For ages, time-to-live and time-outs. */
  monotonicMs(): number;
  /** Milliseconds since 1970, as the machine believes. For time stamps only. */
  wallMs(): number;
  /** Calls `action` once, `delayMs` from now. */
  after(delayMs: number, action: () => void): Timer;
}

// Node fires a longer timer at once.
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(delayMs, action) {
    let rest: Timer | undefined;
    const isTooLong = delayMs > MAX_TIMEOUT_MS;
    const goOn = (): void => {
      rest = systemClock.after(delayMs - MAX_TIMEOUT_MS, action);
    };
    const timer = setTimeout(isTooLong ? goOn : action, isTooLong ? MAX_TIMEOUT_MS : delayMs);
    timer.unref();
    return {
      cancel: () => {
        clearTimeout(timer);
        rest?.cancel();
      },
    };
  },
};
