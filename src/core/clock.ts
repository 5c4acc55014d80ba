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

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
