// The longest delay that setInterval takes.
const LONGEST_MS = 2 ** 31 - 1;

/** Keeps the process alive while `work` waits: timers of the clock let it end, and there may be nothing else. */
export async function keepAlive<T>(work: () => Promise<T>): Promise<T> {
  const interval = setInterval(() => undefined, LONGEST_MS);
  try {
    return await work();
  } finally {
    clearInterval(interval);
  }
}
