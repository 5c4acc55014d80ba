import { test } from 'tap';
import { AuthenticationError } from '../../src/core/errors/authentication-error.ts';
import { NetworkError } from '../../src/core/errors/network-error.ts';
import { SecretNotFoundError } from '../../src/core/errors/secret-not-found-error.ts';
import { atOnce, type ClientRig, createClientRig, DEADLINE_MS, type RigOptions, told } from './client-rig.ts';
import { LendingStore } from './leases.ts';

const LEASE_MS = 60_000;
const GRACE_MS = 300_000;
const down = new NetworkError('ConnectionFailed', 'x');

interface Rig extends ClientRig {
  readonly store: LendingStore;
  /** Lets so many seconds pass, and reads in each of them. @returns every value that was served, once */
  use(seconds: number): Promise<readonly unknown[]>;
}

async function createRig(options: RigOptions = {}): Promise<Rig> {
  const rig = createClientRig({ ...options, cache: { refreshAheadMs: 60_000, ...options.cache } });
  const store = new LendingStore(rig.provider, rig.clock);
  const use = async (seconds: number): Promise<readonly unknown[]> => {
    const served = new Set<unknown>();
    for (let count = 0; count < seconds; count++) {
      const [, value] = told(await rig.read());
      if (!store.alive.some((each) => each === value)) served.add(`${String(value)}, dead`);
      served.add(value);
      await rig.clock.advance(1_000);
    }
    return [...served];
  };
  await rig.read();
  return { ...rig, store, use };
}

test('a value that is lent is renewed while it is read, for as long as it is', async (t) => {
  const rig = await createRig();
  t.same(await rig.use(600), ['lent 1']);
  const renewals = rig.store.lent[0]?.renewals ?? 0;
  t.ok(renewals >= 15 && renewals <= 18, `${renewals} renewals in 10 minutes of 60 s leases`);
  t.equal(rig.provider.calls.length, 1);
  t.same(await rig.samples('secrets_provider_calls_total{provider="files",call="lease"'), [
    `secrets_provider_calls_total{provider="files",call="lease",status="success"} ${renewals}`,
  ]);
  await rig.pipeline.close();
});

test('at two thirds, or a little sooner', async (t) => {
  for (const [random, dueMs] of [
    [0, 40_000],
    [1, 36_000],
  ] as const) {
    const rig = await createRig({ random: () => random });
    await rig.clock.advance(1);
    atOnce(rig.read());
    await rig.clock.advance(dueMs - 2);
    t.equal(rig.store.lent[0]?.renewals, 0);
    await rig.clock.advance(1);
    t.equal(rig.store.lent[0]?.renewals, 1);
    await rig.pipeline.close();
  }
});

test('one that nobody reads is left to end, and never served past its end', async (t) => {
  const rig = await createRig();
  await rig.clock.advance(LEASE_MS - 1);
  t.equal(rig.store.lent[0]?.renewals, 0);
  await rig.clock.advance(1);
  t.same(told(await rig.read()), ['miss', 'lent 2']);
});

test('not even when the store is down', async (t) => {
  const rig = await createRig();
  await rig.use(10);
  rig.store.renewalError = down;
  rig.provider.failWith(down);
  await rig.clock.advance(LEASE_MS - 11_000);
  t.same(told(atOnce(rig.read())), ['hit', 'lent 1'], 'until then it is served');
  await rig.clock.advance(1_000);
  const failed = t.rejects(Promise.resolve(rig.read()));
  await rig.clock.advance(DEADLINE_MS);
  await failed;
  rig.source.breaker.close();
  rig.pipeline.refresher.close();
});

test('the read of an idle one that has not ended has it renewed', async (t) => {
  const rig = await createRig();
  await rig.clock.advance(LEASE_MS - 5_000);
  t.same(told(atOnce(rig.read())), ['hit', 'lent 1']);
  await rig.clock.advance(10_000);
  t.same(told(atOnce(rig.read())), ['hit', 'lent 1']);
});

test('when renewal stops growing another one takes its place before the end, and the old one has its grace', async (t) => {
  const rig = await createRig({ cache: { gracePeriodMs: 20_000 } });
  rig.store.maxMs = 200_000;
  const served = await rig.use(600);
  t.same(
    served,
    ['lent 1', 'lent 2', 'lent 3', 'lent 4'].slice(0, served.length),
    'each of them alive while it was served',
  );
  t.ok(served.length >= 3);
  t.equal(rig.store.lent.length, served.length, 'and none was lent for nothing');
  t.same(await rig.samples('secrets_cache_misses_total'), ['secrets_cache_misses_total{provider="files"} 1']);
  await rig.pipeline.close();
});

test('one that cannot be renewed is replaced before its end', async (t) => {
  const rig = await createRig();
  rig.store.isRenewable = false;
  rig.fetcher.invalidate(() => true);
  await rig.read();
  t.notMatch((await rig.use(300)).join(), 'dead');
  t.equal(rig.store.lent.at(-1)?.renewals, 0);
  t.same(await rig.samples('secrets_cache_misses_total'), ['secrets_cache_misses_total{provider="files"} 2']);
  await rig.pipeline.close();
});

test('one that the store has lost is replaced', async (t) => {
  const rig = await createRig();
  await rig.use(10);
  rig.store.renewalError = new SecretNotFoundError('SecretDoesNotExist', 'no lease');
  await rig.use(31);
  t.same(told(await rig.read()).at(1), 'lent 2');
  t.equal(rig.store.lent.length, 2);
  rig.store.renewalError = undefined;
  await rig.use(120);
  t.equal(rig.store.lent.length, 2);
  await rig.pipeline.close();
});

test('a renewal that fails for a while is tried again, and the value answers meanwhile', async (t) => {
  const rig = await createRig();
  await rig.use(30);
  rig.store.renewalError = new AuthenticationError('InvalidCredentials', 'x');
  t.same(await rig.use(20), ['lent 1']);
  rig.store.renewalError = undefined;
  t.same(await rig.use(60), ['lent 1']);
  await rig.pipeline.close();
});

test('one that has ended is left to its next reader', async (t) => {
  const rig = await createRig();
  await rig.use(10);
  rig.store.renewalError = new AuthenticationError('InvalidCredentials', 'x');
  rig.provider.failWith(rig.store.renewalError);
  await rig.clock.advance(LEASE_MS);
  const refreshes = async (): Promise<number> =>
    Number((await rig.samples('secrets_refresh_total')).map((line) => line.split(' ').at(-1)).at(-1));
  const before = await refreshes();
  await rig.clock.advance(600_000);
  t.ok((await refreshes()) - before <= 1, `${(await refreshes()) - before} renewals of what has ended`);
  rig.pipeline.refresher.close();
});

test('`fresh` takes another one, and the old one is given back after its grace', async (t) => {
  const rig = await createRig({ cache: { gracePeriodMs: 30_000 } });
  await rig.use(5);
  t.same(told(await rig.read({ fresh: true })), ['miss', 'lent 2']);
  await rig.clock.advance(29_999);
  t.same(rig.store.alive, ['lent 1', 'lent 2']);
  await rig.clock.advance(1);
  t.same(rig.store.alive, ['lent 2']);
  await rig.pipeline.close();
});

test('one that ends within its grace is not given back', async (t) => {
  const rig = await createRig({ cache: { gracePeriodMs: GRACE_MS } });
  await rig.use(5);
  await rig.read({ fresh: true });
  let isAsked = false;
  rig.store.onGiveBack = async () => {
    isAsked = true;
  };
  await rig.clock.advance(GRACE_MS);
  t.notOk(isAsked);
});

test('what was renewed while another one took its place does not stand in the way of that', async (t) => {
  const rig = await createRig();
  await rig.use(5);
  const gate = Promise.withResolvers<void>();
  rig.store.renewalGate = gate.promise;
  await rig.use(36);
  await rig.read({ fresh: true });
  gate.resolve();
  await rig.clock.advance(0);
  t.same(told(atOnce(rig.read())), ['hit', 'lent 2']);
  t.same(await rig.use(120), ['lent 2'], 'it is renewed, too');
  t.equal(rig.store.lent.length, 2);
  await rig.pipeline.close();
});

test('at the close everything is given back, delivered only or replaced too', async (t) => {
  const rig = await createRig();
  await rig.read({ path: 'b' });
  await rig.clock.advance(2_000);
  await rig.read({ fresh: true });
  const delivered = rig.read({ path: 'c' });
  rig.fetcher.invalidate(({ path }) => path === 'c');
  t.same(told(await delivered), ['miss', 'lent 4']);
  t.equal(rig.store.alive.length, 4);
  await rig.pipeline.close();
  t.same(rig.store.alive, []);
  await rig.pipeline.close();
  await rig.clock.advance(GRACE_MS);
  t.equal(rig.provider.calls.length, 4);
});

test('a store that does not take it back holds the close up for 5 s', async (t) => {
  const rig = await createRig();
  rig.store.onGiveBack = () => new Promise(() => {});
  let isClosed = false;
  const closing = rig.pipeline.close().then(() => (isClosed = true));
  await rig.clock.advance(4_999);
  t.notOk(isClosed);
  await rig.clock.advance(1);
  t.ok(isClosed);
  await closing;
  t.ok(rig.log.messages('warn').length >= 1);
});

test('nor does one that fails', async (t) => {
  const rig = await createRig();
  rig.store.onGiveBack = () => Promise.reject(down);
  await rig.pipeline.close();
  t.match(rig.log.lines.at(-1), { level: 'warn', fields: { provider: 'files', secret_path: 'a' } });
});

test('a lent value is not kept as `previous`, and no rotation is told of it', async (t) => {
  const rig = await createRig();
  await rig.clock.advance(2_000);
  await rig.read({ fresh: true });
  t.same(rig.events, []);
  t.equal(rig.cache.stats().entries, 1);
  await rig.pipeline.close();
});
