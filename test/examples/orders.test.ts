import { test } from 'tap';
import { pause } from '../../src/core/abort.ts';
import { systemClock } from '../../src/core/clock.ts';
import { scenarioNames } from '../../src/core/simulation-control.ts';
import { startKeyfob } from '../../src/testing/start-keyfob.ts';
import type { TestKeyfob } from '../../src/testing/test-keyfob.ts';

interface Orders {
  place(): Promise<void>;
}

interface Parts {
  readonly keyfob: string;
  readonly database: { insert(password: string): Promise<void> };
  readonly payments: { charge(key: string): Promise<void> };
}

/** The examples are JavaScript, as their readers may write it. */
async function create(file: 'naive' | 'resilient', parts: Parts): Promise<Orders> {
  const module: Readonly<Record<string, (parts: Parts) => Promise<Orders>>> = await import(
    new URL(`../../examples/orders/${file}.mjs`, import.meta.url).href
  );
  const made = module[file === 'naive' ? 'createNaiveOrders' : 'createResilientOrders']?.(parts);
  if (made === undefined) throw new TypeError(`'${file}' has another name`);
  return made;
}

// Placed after the naive client has failed, thus while the day is bad.
const ORDERS_WANTED = 60;
const BETWEEN_ORDERS_MS = 50;
// As databases and payment services do: what was replaced is taken for a while.
const OVERLAP_MS = 5_000;

/** What takes a credential that the store has given out lately, and no older one. */
class Counterpart {
  readonly #seenAtMs = new Map<string, number>();
  #latest = '';

  issued(credential: string): void {
    this.#latest = credential;
    this.#seenAtMs.set(credential, systemClock.monotonicMs());
  }

  async accept(credential: string): Promise<void> {
    const seenAtMs = this.#seenAtMs.get(credential);
    // A newer one than its operator has heard of.
    if (seenAtMs === undefined) this.issued(credential);
    else if (credential !== this.#latest && systemClock.monotonicMs() - seenAtMs > OVERLAP_MS)
      throw new Error('the credential is refused');
  }

  /** Asks the store all the time, as its operator does. */
  async follow(keyfob: TestKeyfob, path: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const answer = await fetch(`${keyfob.url}/v1/secrets/${path}?fresh=true&format=raw`).catch(() => undefined);
      if (answer?.ok === true) this.issued(await answer.text());
      await pause(systemClock, BETWEEN_ORDERS_MS, signal).catch(() => undefined);
    }
  }
}

/** Places orders until one fails, or until it is told to stop. */
async function placeOrders(orders: Promise<Orders>, isEnough: (placed: number) => boolean): Promise<Error | undefined> {
  const quiet = new AbortController().signal;
  try {
    for (let placed = 0; !isEnough(placed); placed++) {
      await (await orders).place();
      await pause(systemClock, BETWEEN_ORDERS_MS, quiet);
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

for (const scenario of scenarioNames)
  test(`${scenario}: the naive client fails, the resilient one places every order`, { timeout: 60_000 }, async (t) => {
    const keyfob = await startKeyfob({
      secrets: { 'db/password': 'first-Password-1', 'payments/key': 'pk-0123456789abcdef' },
      config: { cache: { ttl: '1s' }, retry: { maxAttempts: 1 } },
      scenario,
    });
    const end = new AbortController();
    t.teardown(() => keyfob.stop());
    const [database, payments] = [new Counterpart(), new Counterpart()];
    const following = [
      database.follow(keyfob, 'db/password', end.signal),
      payments.follow(keyfob, 'payments/key', end.signal),
    ];
    const parts: Parts = {
      keyfob: keyfob.url,
      database: { insert: (password) => database.accept(password) },
      payments: { charge: (key) => payments.accept(key) },
    };
    let failure: Error | undefined;
    let placedSince = 0;
    const naive = placeOrders(create('naive', parts), () => false).then((error) => (failure = error));
    const refused = await placeOrders(create('resilient', parts), () => {
      if (failure !== undefined) placedSince++;
      return placedSince > ORDERS_WANTED;
    });
    t.equal(refused, undefined, 'every order of the resilient one was placed');
    await naive;
    t.match(failure?.message, /no secret: \d+|the credential is refused/);
    t.comment(`${scenario}: the naive one: ${failure?.message}`);
    end.abort();
    await Promise.all(following);
  });
