import { test } from 'tap';
import { AuthenticationError } from '../../src/core/errors/authentication-error.ts';
import { NetworkError } from '../../src/core/errors/network-error.ts';
import { ProviderError } from '../../src/core/errors/provider-error.ts';
import { SecretNotFoundError } from '../../src/core/errors/secret-not-found-error.ts';
import { textSecret } from '../fakes/secrets.ts';
import {
  atOnce,
  breakerTime,
  type ClientRig,
  createClientRig,
  DEADLINE_MS,
  RESET_MS,
  type RigOptions,
  told,
  TTL_MS,
} from './client-rig.ts';

const AHEAD_MS = 60_000;
const DUE_MS = TTL_MS - AHEAD_MS;
const down = new NetworkError('ConnectionFailed', 'x');
const throttled = new ProviderError('RateLimited', 'x', { retryAfterMs: 60_000 });

/** A rig whose `a` was read, and read again a moment later, so that it is in use. */
async function inUse(options: RigOptions = {}): Promise<ClientRig> {
  const rig = await readOnce(options);
  await rig.clock.advance(1);
  atOnce(rig.read());
  return rig;
}

async function readOnce(options: RigOptions = {}): Promise<ClientRig> {
  const rig = createClientRig({ ...options, cache: { refreshAheadMs: AHEAD_MS, ...options.cache } });
  await rig.read();
  rig.provider.calls.length = 0;
  rig.provider.onGet = () => textSecret('new');
  return rig;
}

test('a value in use is read anew before it expires, and no reader waits', async (t) => {
  const rig = await inUse();
  await rig.clock.advance(DUE_MS - 2);
  t.equal(rig.provider.calls.length, 0);
  await rig.clock.advance(1);
  t.equal(rig.provider.calls.length, 1);
  for (let count = 0; count < 10; count++) {
    t.same(told(atOnce(rig.read())), ['hit', 'new']);
    await rig.clock.advance(TTL_MS / 4);
  }
  t.same(await rig.samples('secrets_refresh_total'), ['secrets_refresh_total{provider="files",status="success"} 4']);
  t.same(await rig.samples('secrets_cache_misses_total'), ['secrets_cache_misses_total{provider="files"} 1']);
});

test('while it is read anew the value at hand answers', async (t) => {
  const rig = await inUse();
  const store = rig.provider.hold();
  await rig.clock.advance(DUE_MS);
  t.equal(rig.provider.calls.length, 1);
  t.same(told(atOnce(rig.read())), ['hit', 'value of a']);
  store.answer(textSecret('new'));
  await rig.clock.advance(0);
  t.same(told(atOnce(rig.read())), ['hit', 'new']);
});

test('a value that nobody read again is left alone', async (t) => {
  const rig = await readOnce();
  await rig.clock.advance(10 * TTL_MS);
  t.equal(rig.provider.calls.length, 0);
  t.equal(rig.clock.timers, 0, 'and nothing waits for it');
});

test('nor is one that nobody has read since it was read anew', async (t) => {
  const rig = await inUse();
  await rig.clock.advance(10 * TTL_MS);
  t.equal(rig.provider.calls.length, 1);
});

test('the next read of an idle value before it expires has it read anew, and does not wait', async (t) => {
  const rig = await readOnce();
  await rig.clock.advance(TTL_MS - 1);
  t.equal(rig.provider.calls.length, 0);
  t.same(told(atOnce(rig.read())), ['hit', 'value of a']);
  t.same(told(atOnce(rig.read())), ['hit', 'value of a']);
  await rig.clock.advance(1);
  t.equal(rig.provider.calls.length, 1, 'once');
  t.same(told(atOnce(rig.read())), ['hit', 'new']);
});

test('pods that started together do not ask together', async (t) => {
  const due: number[] = [];
  for (const random of [0, 0.25, 0.5, 0.75, 1]) {
    const rig = await inUse({ random: () => random });
    const startMs = rig.clock.monotonicMs() - 1;
    rig.provider.onGet = () => {
      due.push(rig.clock.monotonicMs() - startMs);
      return textSecret('new');
    };
    await rig.clock.advance(TTL_MS * 0.9 - 1);
    rig.pipeline.refresher.close();
  }
  t.equal(new Set(due).size, 5);
  for (const ms of due) t.ok(ms >= TTL_MS * 0.9 - AHEAD_MS * 1.1 && ms <= TTL_MS * 1.1 - AHEAD_MS * 0.9, `${ms}`);
});

test('a short ttl is not read anew all the time: in its second half at the soonest', async (t) => {
  const rig = await inUse({ cache: { ttlMs: 10_000 } });
  await rig.clock.advance(4_998);
  t.equal(rig.provider.calls.length, 0);
  await rig.clock.advance(1);
  t.equal(rig.provider.calls.length, 1);
});

test('no refresh-ahead is none', async (t) => {
  for (const cache of [{ refreshAheadMs: 0 }, { ttlMs: 0 }]) {
    const rig = await readOnce({ cache });
    await rig.clock.advance(1);
    await rig.read();
    rig.provider.calls.length = 0;
    await rig.clock.advance(10 * TTL_MS);
    t.equal(rig.provider.calls.length, 0);
    t.equal(rig.clock.timers, 0);
  }
});

test('a failure is tried again after the smaller of half the ttl and the pause of the breaker, a little sooner', async (t) => {
  for (const [ttlMs, delayMs] of [
    [TTL_MS, RESET_MS],
    [40_000, 20_000],
  ] as const) {
    for (const random of [0, 0.5, 1]) {
      const rig = await readOnce({ cache: { ttlMs, refreshAheadMs: TTL_MS }, random: () => random });
      const askedAtMs: number[] = [];
      rig.provider.onGet = () => {
        askedAtMs.push(rig.clock.monotonicMs());
        throw throttled;
      };
      for (let ms = 0; ms < (0.9 + 0.2 * random) * ttlMs; ms += 1_000) {
        atOnce(rig.read());
        await rig.clock.advance(1_000);
      }
      t.ok(askedAtMs.length >= (random === 0 ? 1 : 2), `${askedAtMs.length} attempts`);
      for (const [index, atMs] of askedAtMs.slice(1).entries())
        t.equal(atMs - (askedAtMs[index] ?? 0), delayMs * (1 - 0.1 * random));
      rig.pipeline.refresher.close();
    }
  }
});

test('failures are counted by their code, and a reader never waits for one', async (t) => {
  const rig = await inUse();
  rig.provider.failWith(throttled);
  await rig.clock.advance(DUE_MS);
  for (let count = 0; count < 11; count++) {
    t.same(told(atOnce(rig.read())), ['hit', 'value of a']);
    await rig.clock.advance(5_000);
  }
  t.same(await rig.samples('secrets_refresh_total'), [
    'secrets_refresh_total{provider="files",status="RateLimited"} 2',
  ]);
  rig.pipeline.refresher.close();
});

test('after a refresh that failed no reader waits until the next attempt is due, expired or not', async (t) => {
  const rig = await inUse();
  rig.provider.failWith(new AuthenticationError('InvalidCredentials', 'x'));
  for (let ms = 0; ms < TTL_MS + RESET_MS; ms += 1_000) {
    const isOnTime = !(rig.read() instanceof Promise);
    if (!isOnTime) {
      t.fail(`a reader waited ${ms} ms after the value was read`);
      return;
    }
    await rig.clock.advance(1_000);
  }
  rig.pipeline.refresher.close();
});

test('a value that can answer no more is left to its next reader', async (t) => {
  for (const cache of [{ staleFallback: false }, { maxStaleMs: 2 * TTL_MS }]) {
    const rig = await inUse({ cache });
    rig.provider.failWith(new AuthenticationError('InvalidCredentials', 'x'));
    await rig.clock.advance(2 * TTL_MS);
    rig.provider.calls.length = 0;
    await rig.clock.advance(10 * TTL_MS);
    t.ok(rig.provider.calls.length <= 1, `${rig.provider.calls.length} calls for nobody`);
    rig.pipeline.refresher.close();
  }
});

test('a refusal ends the value, and nothing is tried again', async (t) => {
  const rig = await inUse();
  rig.provider.failWith(new SecretNotFoundError('SecretDoesNotExist', 'x'));
  await rig.clock.advance(DUE_MS);
  t.throws(() => rig.read(), { code: 'SecretDoesNotExist' });
  await rig.clock.advance(10 * TTL_MS);
  t.equal(rig.provider.calls.length, 1);
  t.equal(rig.clock.timers, 0);
});

test('what expired in an outage is read anew when the store works again, spread over a few seconds', async (t) => {
  let seed = 0;
  const rig = createClientRig({ cache: { refreshAheadMs: AHEAD_MS }, random: () => (seed += 0.37) % 1 });
  const paths = Array.from({ length: 20 }, (_, index) => `p${index}`);
  const readAll = (): Promise<unknown> => Promise.all(paths.map(async (path) => rig.read({ path })));
  await readAll();
  rig.provider.failWith(new AuthenticationError('InvalidCredentials', 'x'));
  for (let ms = 0; ms < 2 * TTL_MS; ms += 5_000) {
    await rig.clock.advance(5_000);
    const reading = readAll();
    await rig.clock.advance(DEADLINE_MS);
    await reading;
  }
  const startMs = rig.clock.monotonicMs();
  const askedAtMs: number[] = [];
  rig.provider.onGet = () => {
    askedAtMs.push(rig.clock.monotonicMs() - startMs);
    return textSecret('new');
  };
  rig.pipeline.outcomes.answered(rig.source, 'p0');
  await rig.clock.advance(0);
  t.ok(askedAtMs.length < 5, 'not all at once');
  await rig.clock.advance(5_000);
  t.equal(askedAtMs.length, 20);
  t.ok(new Set(askedAtMs).size > 10);
  for (const path of paths) t.same(told(atOnce(rig.read({ path }))), ['hit', 'new']);
  rig.pipeline.refresher.close();
});

test('an idle value that expired in an outage is not asked for twice by its first reader', async (t) => {
  const rig = await readOnce();
  rig.provider.failWith(new AuthenticationError('InvalidCredentials', 'x'));
  await rig.clock.advance(TTL_MS);
  t.same(told(await rig.read()), ['stale', 'value of a']);
  await rig.clock.advance(1_000);
  t.equal(rig.provider.calls.length, 1);
  rig.pipeline.refresher.close();
});

test('after the close nothing is asked any more', async (t) => {
  const rig = await inUse();
  const stop = rig.router.route({ path: 'a' })[0];
  rig.pipeline.refresher.watchClosely(stop);
  await rig.pipeline.close();
  await rig.pipeline.close();
  await rig.clock.advance(10 * TTL_MS);
  t.equal(rig.provider.calls.length, 0);
});

test('nor is anything begun by what was under way', async (t) => {
  const rig = await inUse();
  const store = rig.provider.hold();
  await rig.clock.advance(DUE_MS);
  t.equal(rig.provider.calls.length, 1);
  await rig.pipeline.close();
  store.answer(textSecret('new'));
  await rig.clock.advance(0);
  await rig.clock.advance(1);
  t.same(told(atOnce(rig.read())), ['hit', 'new']);
  await rig.clock.advance(10 * TTL_MS);
  t.equal(rig.provider.calls.length, 1);
  t.equal(rig.clock.timers, 0);
});

test('values that were evicted leave nothing behind', async (t) => {
  const rig = createClientRig({
    cache: { refreshAheadMs: AHEAD_MS, maxEntries: 10 },
    budget: { perSecond: 1e5, burst: 1e5 },
  });
  for (let index = 0; index < 2_000; index++) await rig.read({ path: `p${index}` });
  t.ok(rig.clock.timers <= 200, `${rig.clock.timers} timers`);
  for (let index = 1_990; index < 2_000; index++) atOnce(rig.read({ path: `p${index}` }));
  rig.provider.calls.length = 0;
  await rig.clock.advance(TTL_MS);
  t.ok(rig.provider.calls.length <= 10);
  t.equal(rig.clock.timers, 0);
});

test('an invalidated value is not read anew', async (t) => {
  const rig = await inUse();
  rig.fetcher.invalidate(() => true);
  await rig.clock.advance(10 * TTL_MS);
  t.equal(rig.provider.calls.length, 0);
});

test('refreshes yield to reads: without tokens to spare they wait for another time', async (t) => {
  const rig = await inUse({ budget: { perSecond: 1, burst: 10 } });
  await rig.clock.advance(DUE_MS - 2);
  const reads = Array.from({ length: 15 }, async (_, index) => rig.read({ path: `other${index}` }));
  await rig.clock.advance(1);
  t.notOk(rig.provider.calls.some(({ id }) => id === 'a'));
  t.same(await rig.samples('secrets_refresh_total'), [
    'secrets_refresh_total{provider="files",status="RateLimited"} 1',
  ]);
  await rig.clock.advance(10_000);
  atOnce(rig.read());
  await rig.clock.advance(RESET_MS);
  t.ok(rig.provider.calls.some(({ id }) => id === 'a'));
  await Promise.all(reads);
  t.same(told(atOnce(rig.read())), ['hit', 'new']);
});

test('after a rotation was asked for the store is asked every 5 s until the version has changed', async (t) => {
  const rig = await inUse();
  rig.provider.onGet = () => textSecret('value of a');
  rig.pipeline.refresher.watchClosely(rig.router.route({ path: 'a' })[0]);
  await rig.clock.advance(4_999);
  t.equal(rig.provider.calls.length, 0);
  await rig.clock.advance(10_001);
  t.equal(rig.provider.calls.length, 3);
  rig.provider.onGet = () => textSecret('rotated', { version: '2' });
  await rig.clock.advance(5_000);
  t.same(told(atOnce(rig.read())), ['hit', 'rotated']);
  await rig.clock.advance(60_000);
  t.equal(rig.provider.calls.length, 4);
});

test('or for 10 minutes, through failures and all', async (t) => {
  const rig = await readOnce();
  rig.provider.failWith(new AuthenticationError('InvalidCredentials', 'x'));
  rig.pipeline.refresher.watchClosely(rig.router.route({ path: 'a' })[0]);
  await rig.clock.advance(3_600_000);
  t.equal(rig.provider.calls.length, 120);
  t.equal(rig.clock.timers, 0);
});

test('a rotation of a secret that is not in the cache is watched, too', async (t) => {
  const rig = createClientRig();
  let version = '1';
  rig.provider.onGet = () => textSecret(`value ${version}`, { version });
  rig.pipeline.refresher.watchClosely(rig.router.route({ path: 'a' })[0]);
  await rig.clock.advance(10_000);
  version = '2';
  await rig.clock.advance(5_000);
  t.same(told(atOnce(rig.read())), ['hit', 'value 2']);
});

test('with the breaker open nothing is asked, and after it everything that is in use', async (t) => {
  const pass = breakerTime(t);
  const rig = await inUse();
  rig.provider.failWith(down);
  for (let count = 0; rig.source.breaker.state === 'closed'; count++) {
    const failed = Promise.resolve(rig.read({ path: `other${count}` })).catch(() => undefined);
    await rig.clock.advance(DEADLINE_MS);
    await failed;
  }
  rig.provider.calls.length = 0;
  rig.provider.health = () => Promise.reject(down);
  for (let ms = 0; ms < TTL_MS; ms += RESET_MS) {
    atOnce(rig.read());
    await pass(rig, RESET_MS);
  }
  t.equal(rig.provider.calls.length, 0);
  t.same(told(atOnce(rig.read())), ['stale', 'value of a']);
  rig.provider.health = () => Promise.resolve([]);
  rig.provider.onGet = () => textSecret('new');
  await pass(rig, RESET_MS);
  await pass(rig, 5_000);
  t.same(told(atOnce(rig.read())), ['hit', 'new']);
  t.equal(rig.provider.calls.length, 1);
  rig.source.breaker.close();
  rig.pipeline.refresher.close();
});

test('after a change in the store everything of it is compared, in use or not', async (t) => {
  const rig = await readOnce();
  rig.pipeline.refresher.compareAll(rig.source);
  await rig.clock.advance(0);
  t.equal(rig.provider.calls.length, 1);
  t.equal(atOnce(rig.read()).entry.secret.value.expose(), 'new');
});
