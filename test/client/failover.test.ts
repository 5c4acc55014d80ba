import { setImmediate as settled } from 'node:timers/promises';
import { test } from 'tap';
import type { CacheConfig } from '../../src/config/config.ts';
import { AccessError } from '../../src/core/errors/access-error.ts';
import { AuthenticationError } from '../../src/core/errors/authentication-error.ts';
import { NetworkError } from '../../src/core/errors/network-error.ts';
import { ProviderError } from '../../src/core/errors/provider-error.ts';
import { SecretNotFoundError } from '../../src/core/errors/secret-not-found-error.ts';
import type { Secret } from '../../src/core/secret.ts';
import { FakeProvider } from '../fakes/fake-provider.ts';
import { textSecret } from '../fakes/secrets.ts';
import {
  ATTEMPT_MS,
  atOnce,
  breakerTime,
  type ClientRig,
  createClientRig,
  DEADLINE_MS,
  only,
  RESET_MS,
  told,
  TTL_MS,
} from './client-rig.ts';
import { createPair, down, type Pair, serve } from './failover-rig.ts';

const transient = [
  new ProviderError('ProviderUnavailable', 'x'),
  new ProviderError('InternalError', 'x'),
  new ProviderError('RateLimited', 'x'),
  new ProviderError('QuotaExceeded', 'x'),
  new NetworkError('ConnectionFailed', 'x'),
  new NetworkError('Timeout', 'x'),
  new NetworkError('TlsError', 'x'),
  new AuthenticationError('InvalidCredentials', 'x'),
];

const refusals = [
  new SecretNotFoundError('SecretDoesNotExist', 'x'),
  new SecretNotFoundError('VersionNotFound', 'x'),
  new AccessError('AccessDenied', 'x'),
];

/** What a read came to, and after how many milliseconds. */
async function timed(rig: ClientRig): Promise<readonly unknown[]> {
  const startMs = rig.clock.monotonicMs();
  const outcome = Promise.resolve(rig.read()).then(told, (error: unknown) => [error]);
  const done = outcome.then((answer) => [...answer, rig.clock.monotonicMs() - startMs]);
  await rig.clock.advance(3 * DEADLINE_MS);
  return done;
}

/** `a` was read from the first source, and has expired. */
async function withExpired(rig: Pair): Promise<Pair> {
  await rig.read();
  await rig.clock.advance(TTL_MS);
  rig.asked();
  return rig;
}

/** The first source's breaker is open, `a` was never read. */
async function withOpenBreaker(rig: Pair): Promise<Pair> {
  rig.provider.failWith(down);
  for (let count = 0; count < 5; count++) await rig.read({ path: `other${count}` });
  rig.asked();
  return rig;
}

test('the first source answers alone as long as it can', async (t) => {
  const rig = createPair();
  t.same(told(await rig.read()), ['miss', 'first of a']);
  t.same(told(atOnce(rig.read())), ['hit', 'first of a']);
  t.same(rig.asked(), [1, 0]);
  t.same(await rig.samples('secrets_failover_served_total'), []);
});

test('the next one is asked after one attempt, whatever kind of failure it was', async (t) => {
  for (const error of transient) {
    const rig = createPair();
    rig.provider.failWith(error);
    const answer = await rig.read();
    t.same(told(answer), ['miss', 'second of a'], error.code);
    t.equal(answer.entry.identity.provider, 'backup', 'the answer names its source');
    t.same(rig.asked(), [1, 1]);
    t.match(rig.audited, [{ provider: 'backup', cached: false }]);
    t.same(await rig.samples('secrets_failover_served_total'), ['secrets_failover_served_total{provider="backup"} 1']);
  }
});

test('a first source that hangs costs one attempt', async (t) => {
  const rig = createPair();
  rig.provider.hang();
  t.same(await timed(rig), ['miss', 'second of a', ATTEMPT_MS]);
});

test('that there is no such secret, or not for us, is final when the first source says so', async (t) => {
  for (const error of refusals) {
    const rig = createPair();
    rig.provider.failWith(error);
    await t.rejects(Promise.resolve(rig.read()), error);
    t.throws(() => rig.read(), error, 'and is remembered');
    t.same(rig.asked(), [1, 0]);
  }
});

test('an error of our own making is final, too', async (t) => {
  const rig = createPair();
  const bug = new TypeError('a bug');
  rig.provider.failWith(bug);
  await t.rejects(Promise.resolve(rig.read()), bug);
  t.same(rig.asked(), [1, 0]);
});

test('what a further source refuses is not shown, and not remembered', async (t) => {
  for (const error of refusals) {
    const rig = createPair();
    rig.provider.failWith(down);
    rig.backup.failWith(error);
    await t.rejects(Promise.resolve(rig.read()), down, error.code);
    serve(rig.backup, 'second');
    t.same(told(await rig.read()), ['miss', 'second of a']);
  }
});

test('what a further source refuses evicts nothing', async (t) => {
  for (const error of refusals) {
    const rig = await withExpired(createPair());
    rig.provider.failWith(down);
    rig.backup.failWith(error);
    t.same(told(await rig.read()), ['stale', 'first of a'], error.code);
    t.same(rig.asked(), [1, 1]);
    t.match(rig.events, [{ type: 'stale', provider: 'files' }]);
    t.equal(rig.cache.stats().entries, 1);
  }
});

test('when every source fails the error of the first is told', async (t) => {
  const rig = createPair();
  rig.provider.failWith(down);
  rig.backup.failWith(new ProviderError('InternalError', 'x'));
  t.same((await timed(rig))[0], down);
  t.same(rig.asked(), [1, 3], 'the last one has all of its attempts');
});

test("a value of the second never takes the place of the first's", async (t) => {
  const rig = await withExpired(createPair());
  rig.provider.failWith(down);
  t.same(told(await rig.read()), ['miss', 'second of a']);
  const [first, second] = rig.router.route({ path: 'a' });
  t.equal(rig.cache.get(first.identity.key)?.secret.value.expose(), 'first of a');
  t.equal(rig.cache.get(second?.identity.key ?? '')?.secret.value.expose(), 'second of a');
  t.same(
    rig.events.filter(({ type }) => type === 'rotated'),
    [],
    'versions of one source only are compared',
  );
});

test('while the first rests a fresh value of the second answers at once', async (t) => {
  const rig = await withOpenBreaker(createPair());
  t.same(told(await rig.read()), ['miss', 'second of a']);
  t.same(told(atOnce(rig.read())), ['hit', 'second of a']);
  t.same(rig.asked(), [0, 1]);
  t.same(await rig.samples('secrets_cache_hits_total'), ['secrets_cache_hits_total{provider="backup"} 1']);
  t.same(await rig.samples('secrets_failover_served_total'), ['secrets_failover_served_total{provider="backup"} 7']);
  rig.source.breaker.close();
});

test('the first is asked again when its next attempt is due', async (t) => {
  const rig = await withExpired(createPair());
  rig.provider.failWith(new ProviderError('RateLimited', 'x'));
  t.same(told(await rig.read()), ['miss', 'second of a']);
  t.same(told(atOnce(rig.read())), ['hit', 'second of a']);
  await rig.clock.advance(RESET_MS - 1);
  t.same(told(atOnce(rig.read())), ['hit', 'second of a']);
  t.same(rig.asked(), [1, 1]);
  serve(rig.provider, 'back');
  await rig.clock.advance(1);
  t.same(told(await rig.read()), ['miss', 'back of a']);
  t.same(told(atOnce(rig.read())), ['hit', 'back of a']);
  t.same(rig.asked(), [1, 0]);
});

test('readers return to the first when its breaker closes, and no sooner', async (t) => {
  const pass = breakerTime(t);
  const rig = await withOpenBreaker(createPair());
  const health = Promise.withResolvers<readonly string[]>();
  rig.provider.health = () => health.promise;
  await rig.read();
  serve(rig.provider, 'back');
  await pass(rig, RESET_MS);
  t.equal(rig.source.breaker.state, 'half_open');
  t.same(told(atOnce(rig.read())), ['hit', 'second of a'], 'no reader is a probe');
  t.same(told(await rig.read({ path: 'new' })), ['miss', 'second of new']);
  t.same(rig.asked(), [0, 2]);
  health.resolve([]);
  await pass(rig, 0);
  t.equal(rig.source.breaker.state, 'closed');
  t.same(told(await rig.read()), ['miss', 'back of a']);
  t.same(rig.asked(), [1, 0]);
});

test('what rested at the first source is asked again when it works', async (t) => {
  const pass = breakerTime(t);
  const rig = createPair();
  rig.provider.failWith(down);
  for (let count = 0; count < 5; count++) await rig.read({ path: `p${count}` });
  t.equal(rig.source.breaker.state, 'open');
  await pass(rig, RESET_MS - 1_000);
  serve(rig.provider, 'back');
  await rig.fetcher.fetch(rig.router.route({ path: 'p9' })[0]).answer.catch(() => undefined);
  await pass(rig, 1_000);
  await pass(rig, 0);
  t.equal(rig.source.breaker.state, 'closed');
  t.same(told(await rig.read({ path: 'p9' })), ['miss', 'back of p9']);
});

test('`fresh` goes the same way, and takes nothing old of either source', async (t) => {
  const rig = await withExpired(createPair());
  rig.provider.failWith(down);
  await rig.read({ fresh: true });
  t.same(rig.asked(), [1, 1]);
  await rig.clock.advance(1_001);
  serve(rig.backup, 'newer');
  t.same(told(await rig.read({ fresh: true })), ['miss', 'newer of a']);
  rig.backup.failWith(new AccessError('AccessDenied', 'x'));
  await t.rejects(Promise.resolve(rig.read({ fresh: true })), down, 'never stale');
  rig.provider.failWith(new AccessError('AccessDenied', 'the first'));
  rig.asked();
  await t.rejects(Promise.resolve(rig.read({ fresh: true })), { message: 'the first' });
  t.same(rig.asked(), [1, 0]);
});

test('a caller who names a provider gets no other', async (t) => {
  const rig = createPair();
  rig.provider.failWith(new AuthenticationError('InvalidCredentials', 'x'));
  await t.rejects(Promise.resolve(rig.read({ provider: 'files' })), { code: 'InvalidCredentials' });
  t.same(rig.asked(), [1, 0]);
  t.same(told(await rig.read({ provider: 'backup' })), ['miss', 'second of a']);
  rig.backup.failWith(new AccessError('AccessDenied', 'x'));
  await rig.clock.advance(TTL_MS);
  await t.rejects(Promise.resolve(rig.read({ provider: 'backup' })), { code: 'AccessDenied' }, 'it is its own master');
  t.equal(rig.cache.stats().entries, 0);
});

test('patience: the expired value answers after the first failed attempt', async (t) => {
  for (const error of transient) {
    const rig = await expired();
    rig.provider.failWith(error);
    t.same(await timed(rig), ['stale', 'value of a', 0], error.code);
    t.same(await rig.samples('secrets_stale_served_total'), ['secrets_stale_served_total{provider="files"} 1']);
  }
});

test('patience: it answers 500 ms after the question was asked, when the store hangs', async (t) => {
  const rig = await expired();
  const store = rig.provider.hold();
  const early = Promise.resolve(rig.read()).then(told);
  await rig.clock.advance(400);
  const late = Promise.resolve(rig.read()).then(told);
  await rig.clock.advance(99);
  t.equal(await outcomeOf(Promise.race([late, early])), 'waits');
  await rig.clock.advance(1);
  t.same(await outcomeOf(early), ['stale', 'value of a']);
  t.same(await outcomeOf(late), ['stale', 'value of a'], 'not 500 ms of its own');
  await rig.clock.advance(1_000);
  const last = Promise.resolve(rig.read()).then(told);
  await rig.clock.advance(0);
  t.same(await outcomeOf(last), ['stale', 'value of a']);
  store.answer(textSecret('new'));
  await rig.clock.advance(0);
  t.same(told(atOnce(rig.read())), ['hit', 'new'], 'the question went on behind');
  t.equal(rig.provider.calls.length, 1);
});

test('patience: an answer within it is taken', async (t) => {
  const rig = await expired();
  const store = rig.provider.hold();
  const reading = Promise.resolve(rig.read()).then(told);
  await rig.clock.advance(499);
  store.answer(textSecret('new'));
  t.same(await reading, ['miss', 'new']);
  await rig.clock.advance(1);
  t.equal(rig.clock.timers, 0);
});

test('patience: 200 readers are one question, in a hang and in a failure', async (t) => {
  for (const fault of ['hang', 'fail'] as const) {
    const rig = await expired();
    if (fault === 'hang') rig.provider.hang();
    else rig.provider.failWith(new AuthenticationError('InvalidCredentials', 'x'));
    const reads = Array.from({ length: 200 }, async () => told(await rig.read()));
    await rig.clock.advance(500);
    t.same(
      new Set((await outcomeOf(Promise.all(reads))).toString().match(/stale,value of a|waits/g)),
      new Set(['stale,value of a']),
      fault,
    );
    t.equal(rig.provider.calls.length, 1);
    await rig.clock.advance(DEADLINE_MS);
  }
});

test('patience: what was read in the retries behind answers the next reader', async (t) => {
  const rig = await expired();
  rig.provider.onGet = () => (rig.provider.calls.length < 3 ? Promise.reject(down) : textSecret('third'));
  t.same(told(await rig.read()), ['stale', 'value of a']);
  t.same(told(atOnce(rig.read())), ['stale', 'value of a'], 'the store is left in peace meanwhile');
  await rig.clock.advance(750);
  t.same(told(atOnce(rig.read())), ['hit', 'third']);
  t.equal(rig.provider.calls.length, 3);
});

test('switched off or too old, the value does not answer, and the retries are whole', async (t) => {
  for (const cache of [{ staleFallback: false }, { maxStaleMs: TTL_MS }]) {
    const rig = await expired(cache);
    const error = new ProviderError('InternalError', 'x');
    rig.provider.failWith(error);
    t.same(await timed(rig), [error, 750]);
    t.equal(rig.provider.calls.length, 3);
  }
});

test('an error of our own making is no reason to answer stale', async (t) => {
  const rig = await expired();
  const bug = new TypeError('a bug');
  rig.provider.failWith(bug);
  await t.rejects(Promise.resolve(rig.read()), bug);
});

test('a refusal is never answered with an expired value, nor is anything after it', async (t) => {
  for (const error of refusals) {
    const rig = await expired();
    rig.provider.failWith(error);
    // In the very moment in which the reader is told.
    const next = Promise.resolve(rig.read()).catch(() => readOutcome(rig));
    t.same(await next, [error.code], error.code);
    t.same(readOutcome(rig), [error.code]);
    t.equal(rig.cache.stats().entries, 0);
  }
});

test('with the breaker open the expired value answers at once', async (t) => {
  const rig = await expired();
  rig.provider.failWith(down);
  for (let count = 0; rig.source.breaker.state === 'closed'; count++) {
    const failed = t.rejects(Promise.resolve(rig.read({ path: `other${count}` })));
    await rig.clock.advance(DEADLINE_MS);
    await failed;
  }
  rig.provider.calls.length = 0;
  t.same(told(atOnce(rig.read())), ['stale', 'value of a']);
  t.equal(rig.provider.calls.length, 0);
  rig.source.breaker.close();
});

/** Two copies of one store, the second with another version of `a`. */
async function createCopies(behind: Partial<Secret>): Promise<ClientRig & { readonly copy: FakeProvider }> {
  const copy = new FakeProvider('files');
  const rig = createClientRig({ others: [copy] });
  rig.provider.onGet = () => textSecret('here', { version: '2', createdAt: new Date(2_000) });
  copy.onGet = () => textSecret('there', behind);
  await rig.read();
  await rig.clock.advance(TTL_MS);
  rig.provider.failWith(new AuthenticationError('InvalidCredentials', 'x'));
  return { ...rig, copy };
}

test('a copy of the store that is behind is told in the log', async (t) => {
  const rig = await createCopies({ version: '1', createdAt: new Date(1_000) });
  const answer = await rig.read();
  t.same(told(answer), ['miss', 'there']);
  t.equal(answer.entry.identity.provider, 'files');
  const warnings = rig.log.lines.filter(({ message }) => /older version/.test(message));
  t.match(warnings, [
    { level: 'warn', fields: { provider: 'files/r2', secret_path: 'a', version: '1' }, message: 'older version' },
  ]);
  t.equal(warnings.length, 1);
});

test('one that is not behind, or does not know, is not', async (t) => {
  for (const behind of [{ createdAt: new Date(2_000) }, {}]) {
    const rig = await createCopies(behind);
    t.same(told(await rig.read()), ['miss', 'there']);
    t.notMatch(rig.log.messages('warn').join(), 'older version');
  }
});

test('the copies of a store are counted apart', async (t) => {
  const rig = await createCopies({});
  await rig.read();
  t.same(await rig.samples('secrets_failover_served_total'), ['secrets_failover_served_total{provider="files/r2"} 1']);
  t.same(await rig.samples('secrets_provider_calls_total'), [
    'secrets_provider_calls_total{provider="files/r1",call="get",status="success"} 1',
    'secrets_provider_calls_total{provider="files/r1",call="get",status="InvalidCredentials"} 1',
    'secrets_provider_calls_total{provider="files/r2",call="get",status="success"} 1',
  ]);
  t.equal(only(rig.sources, 1).label, 'files/r2');
});

/** A single store whose `a` was read, and has expired. */
async function expired(cache: Partial<CacheConfig> = {}): Promise<ClientRig> {
  const rig = createClientRig({ cache });
  await rig.read();
  await rig.clock.advance(TTL_MS);
  rig.provider.calls.length = 0;
  return rig;
}

/** What it came to by now. */
const outcomeOf = <T>(work: Promise<T>): Promise<T | 'waits'> => Promise.race([work, settled('waits' as const)]);

/** What a read comes to now, if that is known at once. */
function readOutcome(rig: ClientRig): readonly unknown[] {
  try {
    const answer = rig.read();
    return answer instanceof Promise ? ['asks'] : told(answer);
  } catch (error) {
    return error instanceof AccessError || error instanceof SecretNotFoundError ? [error.code] : [error];
  }
}
