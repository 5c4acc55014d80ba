import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 10;
const PATIENCE_MS = 10_000;

/**
 * Asks until there is an answer: for what another process does in its own time.
 * @throws Error when there is none within ten seconds, or within the time that is given.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const giveUpAtMs = performance.now() + patienceMs;
  while (performance.now() < giveUpAtMs) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await pause(POLL_MS);
  }
  throw new Error(`waited in vain until ${what}`);
}
