// The same service, written for bad days:
// - each order takes its secrets from the daemon's cache, which answers while the store does not, and so notices rotations;
// - a read has a time-out, is tried again when the daemon says that it may, and `Retry-After` is obeyed;
// - what was read last is used while nothing better is to be had;
// - a password that is refused is read anew, then the one before it is tried, since rotations overlap.
import { setTimeout as wait } from 'node:timers/promises';

const TIMEOUT_MS = 15_000;
const MAX_TRIES = 20;

/** @param {{ keyfob: string, database: { insert(password: string): Promise<void> }, payments: { charge(key: string): Promise<void> } }} parts */
export async function createResilientOrders({ keyfob, database, payments }) {
  const secrets = new Secrets(keyfob);
  return {
    async place() {
      await withCurrent(secrets, 'payments/key', (key) => payments.charge(key));
      await withCurrent(secrets, 'db/password', (password) => database.insert(password));
    },
  };
}

/** Uses a secret; when it is refused, the newest there is, then the one before. */
async function withCurrent(secrets, path, use) {
  let refusal;
  for (const target of [path, `${path}?fresh=true`, `${path}?stage=previous`]) {
    const value = await secrets.read(target);
    if (value === undefined) continue;
    try {
      return await use(value);
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal ?? new Error(`no secret '${path}'`);
}

class Secrets {
  #keyfob;
  #last = new Map();

  constructor(keyfob) {
    this.#keyfob = keyfob;
  }

  /** Undefined when there is none, and none was there before. */
  async read(target) {
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const answer = await this.#ask(target);
      if (answer?.status === 200) {
        const value = await answer.text();
        this.#last.set(target, value);
        return value;
      }
      if (answer !== undefined && !(await answer.json()).retryable) return undefined;
      if (this.#last.has(target)) return this.#last.get(target);
      await wait(1_000 * Number(answer?.headers.get('retry-after') ?? Math.min(tries / 4, 1)));
    }
    return undefined;
  }

  /** Undefined when the daemon did not answer at all. */
  async #ask(target) {
    try {
      const headers = { accept: 'text/plain' };
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      return await fetch(`${this.#keyfob}/v1/secrets/${target}`, { headers, signal });
    } catch {
      return undefined;
    }
  }
}
