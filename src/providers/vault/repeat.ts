import type { Clock, Timer } from '../../core/clock.ts';

/** Runs `work`, which does not fail, again and again with a pause between. */
export function repeat(clock: Clock, pauseMs: number, work: () => Promise<void>): Timer {
  let isCancelled = false;
  let timer: Timer | undefined;
  const plan = (): void => {
    if (!isCancelled) timer = clock.after(pauseMs, () => void work().finally(plan));
  };
  plan();
  return {
    cancel: () => {
      isCancelled = true;
      timer?.cancel();
    },
  };
}
