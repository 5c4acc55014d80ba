import * as fc from 'fast-check';
import { type Test, test } from 'tap';
import type { CacheEntry, Representation } from '../../src/cache/cache-entry.ts';
import type { SecretIdentity } from '../../src/cache/cache-key.ts';
import type { SecretCache } from '../../src/cache/secret-cache.ts';
import { AccessError } from '../../src/core/errors/access-error.ts';
import { Redacted } from '../../src/core/redacted.ts';
import { SecretNotFoundError } from '../../src/core/errors/secret-not-found-error.ts';
import type { Secret, SecretLease } from '../../src/core/secret.ts';
import { textSecret } from '../fakes/secrets.ts';
import { type CacheRig, createCacheRig, identity } from './cache-rig.ts';

const TTL_MS = 300_000;

function put({ cache, clock }: CacheRig, at: SecretIdentity, secret: Secret = textSecret('x')): CacheEntry {
  return cache.store(at, secret, { fetchedAtMs: clock.monotonicMs(), ttlMs: TTL_MS, keep: true });
}

/** Of a store that gives and takes back whatever it is asked to. */
const lease = (durationMs: number): SecretLease => ({
  durationMs,
  isRenewable: true,
  renew: async () => durationMs,
  giveBack: async () => {},
});

const has = (cache: SecretCache, at: SecretIdentity): boolean => cache.get(at.key) !== undefined;
const body = (bytes: number): Representation => ({
  body: new Redacted('x'),
  contentType: 'text/plain',
  etag: '"x"',
  bytes,
});

const isFresh = ({ cache, clock }: CacheRig, at: SecretIdentity): boolean =>
  cache.get(at.key)?.isFresh(clock.monotonicMs()) === true;

const mayAnswerStale = ({ cache, clock }: CacheRig, at: SecretIdentity): boolean =>
  cache.get(at.key)?.mayAnswerStale(clock.monotonicMs()) === true;

async function assertExpiresAfter(t: Test, rig: CacheRig, ms: number): Promise<void> {
  await rig.clock.advance(ms - 1);
  t.ok(isFresh(rig, identity('a')), `fresh for ${ms} ms`);
  await rig.clock.advance(1);
  t.notOk(isFresh(rig, identity('a')), `expired after ${ms} ms`);
}

test('a value answers for its time to live, ±10 %', async (t) => {
  for (const [random, factor] of [
    [0, 0.9],
    [0.5, 1],
    [1, 1.1],
  ] as const) {
    const rig = createCacheRig({ random: () => random });
    put(rig, identity('a'));
    await assertExpiresAfter(t, rig, TTL_MS * factor);
  }
});

test('its age counts from the question, not from the answer', async (t) => {
  const rig = createCacheRig();
  const fetchedAtMs = rig.clock.monotonicMs();
  await rig.clock.advance(10_000);
  rig.cache.store(identity('a'), textSecret('x'), { fetchedAtMs, ttlMs: TTL_MS, keep: true });
  await assertExpiresAfter(t, rig, TTL_MS - 10_000);
});

test('jitter stays within its bounds for every random number', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(10_000_000), (random, ttlMs) => {
        const { cache } = createCacheRig({ random: () => random });
        const entry = cache.store(identity('a'), textSecret('x'), { fetchedAtMs: 0, ttlMs, keep: true });
        return entry.expiresAtMs >= ttlMs * 0.9 - 1e-6 && entry.expiresAtMs <= ttlMs * 1.1 + 1e-6;
      }),
    ),
  );
});

test('no time to live is none', async (t) => {
  const rig = createCacheRig();
  rig.cache.store(identity('a'), textSecret('x'), { fetchedAtMs: rig.clock.monotonicMs(), ttlMs: 0, keep: true });
  t.notOk(isFresh(rig, identity('a')));
});

test("the store's own bound rules, for freshness and for staleness, jitter or not", async (t) => {
  for (const random of [0, 1]) {
    const rig = createCacheRig({ random: () => random });
    put(rig, identity('a'), textSecret('x', { ttlMs: 60_000 }));
    await assertExpiresAfter(t, rig, 60_000);
    t.notOk(mayAnswerStale(rig, identity('a')), 'never served past it');
  }
});

test('an expired value may answer stale until `maxStale` after its fetch', async (t) => {
  const rig = createCacheRig({ maxStaleMs: 3_600_000 });
  put(rig, identity('a'));
  await rig.clock.advance(3_599_999);
  t.ok(mayAnswerStale(rig, identity('a')));
  await rig.clock.advance(1);
  t.notOk(mayAnswerStale(rig, identity('a')));
});

test('nothing answers stale when that is switched off, or when nothing is there', async (t) => {
  for (const options of [{ staleFallback: false }, { maxStaleMs: 0 }]) {
    const rig = createCacheRig(options);
    put(rig, identity('a'));
    await rig.clock.advance(TTL_MS);
    t.notOk(mayAnswerStale(rig, identity('a')));
  }
  t.notOk(mayAnswerStale(createCacheRig(), identity('a')));
});

test('a failed refresh sets the time of the next attempt, and nothing else', async (t) => {
  const rig = createCacheRig({ maxStaleMs: TTL_MS + 60_000 });
  const entry = put(rig, identity('a'));
  t.equal(entry.nextAttemptAtMs, 0);
  await rig.clock.advance(TTL_MS);
  rig.cache.postpone(entry, 90_000);
  t.equal(entry.nextAttemptAtMs, rig.clock.monotonicMs() + 90_000);
  t.equal(rig.cache.get(identity('a').key), entry);
  await rig.clock.advance(59_999);
  t.ok(mayAnswerStale(rig, identity('a')));
  await rig.clock.advance(1);
  t.notOk(mayAnswerStale(rig, identity('a')), 'not past `maxStale`');
});

test('what is lent is kept for as long as that: no jitter, no staleness, no ttl', async (t) => {
  for (const random of [0, 1]) {
    const rig = createCacheRig({ random: () => random });
    put(rig, identity('a'), textSecret('x', { lease: lease(TTL_MS * 12) }));
    await assertExpiresAfter(t, rig, TTL_MS * 12);
    t.notOk(mayAnswerStale(rig, identity('a')), 'never served past its lease');
  }
});

test('a lease that was renewed ends when the store says, sooner or later', async (t) => {
  const rig = createCacheRig();
  const entry = put(rig, identity('a'), textSecret('x', { lease: lease(60_000) }));
  entry.extendLease(rig.clock.monotonicMs() + 90_000);
  await assertExpiresAfter(t, rig, 90_000);
  const other = put(rig, identity('a'), textSecret('x', { lease: lease(60_000) }));
  other.extendLease(rig.clock.monotonicMs() + 5_000);
  await assertExpiresAfter(t, rig, 5_000);
  t.notOk(mayAnswerStale(rig, identity('a')));
});

test('a value that is not current any more answers as `previous` for the grace period, and no longer', async (t) => {
  const rig = createCacheRig();
  const old = put(rig, identity('a'), textSecret('old'));
  const now = put(rig, identity('a'), textSecret('new', { version: '2' }));
  rig.cache.keepPrevious(now, old.secret, 60_000);
  const previous = identity('a', { stage: 'previous' });
  const kept = rig.cache.get(previous.key);
  t.equal(kept?.secret.value.expose(), 'old');
  t.match(kept?.secret, { version: '1', stages: ['previous'], metadata: { stages: ['previous'] } });
  t.match(kept?.identity, { ...previous, path: 'a' });
  await rig.clock.advance(59_999);
  t.ok(isFresh(rig, previous));
  await rig.clock.advance(1);
  t.notOk(isFresh(rig, previous) || mayAnswerStale(rig, previous));
  t.ok(isFresh(rig, identity('a')));
});

test('a refusal of the secret takes its `previous`, too', async (t) => {
  const rig = createCacheRig();
  const old = put(rig, identity('a'), textSecret('old'));
  rig.cache.keepPrevious(put(rig, identity('a'), textSecret('new', { version: '2' })), old.secret, 60_000);
  rig.cache.refuse(identity('a'), new AccessError('AccessDenied', 'no'));
  t.notOk(has(rig.cache, identity('a', { stage: 'previous' })));
});

test('what may not be kept is delivered and not kept', async (t) => {
  const { cache, clock } = createCacheRig();
  const times = { fetchedAtMs: clock.monotonicMs(), ttlMs: TTL_MS, keep: false };
  t.equal(cache.store(identity('a'), textSecret('x'), times).secret.value.expose(), 'x');
  t.notOk(has(cache, identity('a')));
});

const selectors = [identity('a'), identity('a', { stage: 'previous' }), identity('a', { version: '3' })] as const;
const neighbours = [identity('ab'), identity('a', {}, 'other')] as const;

function fill(): CacheRig {
  const rig = createCacheRig();
  for (const at of [...selectors, ...neighbours]) put(rig, at);
  return rig;
}

test('a secret that does not exist, or is refused, loses every selector, and nothing else does', async (t) => {
  const errors = [
    new SecretNotFoundError('SecretDoesNotExist', 'no'),
    new AccessError('AccessDenied', 'no'),
    new AccessError('ResourcePolicyDenied', 'no'),
    new AccessError('KmsAccessDenied', 'no'),
  ];
  for (const error of errors) {
    const { cache, evictions } = fill();
    const isRefused = cache.refuse(selectors[1], error);
    for (const at of selectors) t.notOk(has(cache, at), error.code);
    for (const at of neighbours) t.ok(has(cache, at), error.code);
    t.same([...selectors, ...neighbours].map(isRefused), [true, true, true, false, false]);
    t.same(evictions, ['files refused', 'files refused', 'files refused']);
    t.same(
      [...selectors, ...neighbours].map(({ key }) => cache.getRefusal(key)),
      [undefined, error, undefined, undefined, undefined],
    );
  }
});

test('a version or stage that is not there loses its own selector alone', async (t) => {
  for (const code of ['VersionNotFound', 'StageNotFound'] as const) {
    const { cache, evictions } = fill();
    const isRefused = cache.refuse(selectors[2], new SecretNotFoundError(code, 'no'));
    t.same(
      selectors.map((at) => has(cache, at)),
      [true, true, false],
    );
    t.same(selectors.map(isRefused), [false, false, true]);
    t.same(evictions, ['files refused']);
  }
});

test('a missing secret is remembered for `negativeTtl`, a refused one for 5 s', async (t) => {
  const { cache, clock } = createCacheRig({ negativeTtlMs: 30_000 });
  cache.refuse(identity('missing'), new SecretNotFoundError('SecretDoesNotExist', 'no'));
  cache.refuse(identity('refused'), new AccessError('AccessDenied', 'no'));
  await clock.advance(4_999);
  t.match(cache.getRefusal(identity('refused').key), { code: 'AccessDenied' });
  await clock.advance(1);
  t.equal(cache.getRefusal(identity('refused').key), undefined);
  await clock.advance(24_999);
  t.match(cache.getRefusal(identity('missing').key), { code: 'SecretDoesNotExist' });
  await clock.advance(1);
  t.equal(cache.getRefusal(identity('missing').key), undefined);
});

test('a value ends the memory of a refusal', async (t) => {
  const rig = createCacheRig();
  rig.cache.refuse(identity('a'), new SecretNotFoundError('SecretDoesNotExist', 'no'));
  rig.cache.refuse(identity('b'), new SecretNotFoundError('SecretDoesNotExist', 'no'));
  put(rig, identity('a'));
  t.equal(rig.cache.getRefusal(identity('a').key), undefined);
  t.ok(rig.cache.getRefusal(identity('b').key));
});

test('asking random names evicts no secret', async (t) => {
  const rig = createCacheRig({ maxEntries: 2, maxBytes: 10_000 });
  put(rig, identity('a'));
  put(rig, identity('b'));
  for (let index = 0; index < 1_000; index++)
    rig.cache.refuse(identity(`random ${index}`), new SecretNotFoundError('SecretDoesNotExist', 'no'));
  t.ok(has(rig.cache, identity('a')) && has(rig.cache, identity('b')));
  t.same(rig.evictions, []);
  t.match(rig.cache.stats(), { entries: 2, negativeEntries: 256 });
});

test('the least recently read entry makes room', async (t) => {
  const rig = createCacheRig({ maxEntries: 2 });
  put(rig, identity('a'));
  put(rig, identity('b', {}, 'other'));
  t.ok(has(rig.cache, identity('a')));
  put(rig, identity('c'));
  t.notOk(has(rig.cache, identity('b', {}, 'other')));
  t.ok(has(rig.cache, identity('a')) && has(rig.cache, identity('c')));
  t.same(rig.evictions, ['other space']);
});

test('a value that is replaced is no eviction', async (t) => {
  const rig = createCacheRig();
  put(rig, identity('a'), textSecret('old'));
  put(rig, identity('a'), textSecret('new'));
  t.equal(rig.cache.get(identity('a').key)?.secret.value.expose(), 'new');
  t.equal(rig.cache.stats().entries, 1);
  t.same(rig.evictions, []);
});

test('the bytes of all values are bounded', async (t) => {
  const rig = createCacheRig({ maxBytes: 10_000 });
  for (const path of ['a', 'b', 'c']) put(rig, identity(path), textSecret('x'.repeat(3_000)));
  t.notOk(has(rig.cache, identity('a')));
  t.ok(rig.cache.stats().bytes <= 10_000);
  t.same(rig.evictions, ['files space']);
});

test('bodies that were built count, too', async (t) => {
  const rig = createCacheRig({ maxBytes: 10_000 });
  put(rig, identity('a'));
  const entry = put(rig, identity('b'));
  const before = rig.cache.stats().bytes;
  rig.cache.represent(entry, '', () => body(3_000));
  t.equal(rig.cache.stats().bytes, before + 3_000);
  rig.cache.represent(entry, 'raw', () => body(5_000));
  t.notOk(has(rig.cache, identity('a')), 'another one had to make room');
  t.ok(has(rig.cache, identity('b')));
  rig.cache.represent(entry, 'more', () => body(5_000));
  t.same(rig.cache.stats(), { entries: 0, bytes: 0, negativeEntries: 0, entriesByProvider: new Map() });
  t.same(rig.evictions, ['files space', 'files space']);
});

test('a body is built once for an entry, and anew for the next one', async (t) => {
  const rig = createCacheRig();
  let built = 0;
  const build = (): Representation => body(++built);
  const entry = put(rig, identity('a'));
  const first = rig.cache.represent(entry, '', build);
  t.equal(rig.cache.represent(entry, '', build), first);
  t.not(rig.cache.represent(entry, 'raw', build), first);
  t.equal(built, 2);
  t.not(rig.cache.represent(put(rig, identity('a')), '', build), first);
});

test('a body for an entry that was replaced or dropped brings it not back', async (t) => {
  const rig = createCacheRig();
  const [replaced, dropped] = [put(rig, identity('a')), put(rig, identity('b'))];
  const now = put(rig, identity('a'), textSecret('new'));
  rig.cache.invalidate(({ path }) => path === 'b');
  for (const entry of [replaced, dropped]) rig.cache.represent(entry, '', () => body(1));
  t.equal(rig.cache.get(identity('a').key), now);
  t.notOk(has(rig.cache, identity('b')));
});

test('an invalidation takes what matches, refusals and other spellings included', async (t) => {
  const rig = fill();
  put(rig, identity('DB')).aliases.add('db');
  rig.cache.refuse(identity('missing'), new SecretNotFoundError('SecretDoesNotExist', 'no'));
  rig.cache.invalidate(({ secretKey }) => secretKey === identity('a').secretKey);
  t.same(
    selectors.map((at) => has(rig.cache, at)),
    [false, false, false],
  );
  t.same(
    neighbours.map((at) => has(rig.cache, at)),
    [true, true],
  );
  rig.cache.invalidate(({ path }) => path === 'db' || path === 'missing');
  t.notOk(has(rig.cache, identity('DB')));
  t.equal(rig.cache.getRefusal(identity('missing').key), undefined);
  t.same(rig.evictions, Array(4).fill('files invalidated'));
});

test('a cache takes over the entries of the one it replaces, and who was read last stays last', async (t) => {
  const old = createCacheRig();
  for (const path of ['a', 'b', 'c']) put(old, identity(path));
  t.ok(has(old.cache, identity('a')));
  const rig = createCacheRig({ maxEntries: 2 });
  rig.cache.adopt(old.cache);
  t.same(
    ['a', 'b', 'c'].map((path) => has(rig.cache, identity(path))),
    [true, false, true],
  );
  t.same(rig.evictions, ['files space']);
});

test('the counts', async (t) => {
  const rig = fill();
  rig.cache.refuse(identity('missing'), new SecretNotFoundError('SecretDoesNotExist', 'no'));
  const { entries, negativeEntries, entriesByProvider, bytes } = rig.cache.stats();
  t.same({ entries, negativeEntries }, { entries: 5, negativeEntries: 1 });
  t.same(
    [...entriesByProvider],
    [
      ['other', 1],
      ['files', 4],
    ],
  );
  t.ok(bytes > 5 * 1_024);
});

test('a new version drops what other stages of the secret meant, and nothing else', async (t) => {
  const { cache, evictions } = createCacheRig();
  const times = { fetchedAtMs: 1_000_000, ttlMs: 60_000, keep: true };
  const [now, before, pinned, other] = [
    identity('a'),
    identity('a', { stage: 'previous' }),
    identity('a', { version: '1' }),
    identity('b', { stage: 'previous' }),
  ];
  for (const kept of [now, before, pinned, other]) cache.store(kept, { ...textSecret('x'), version: '1' }, times);
  cache.store(now, { ...textSecret('y'), version: '1' }, times);
  t.ok(cache.get(before.key), 'the same version shifts nothing');
  cache.store(now, { ...textSecret('z'), version: '2' }, times);
  t.equal(cache.get(before.key), undefined);
  t.ok(cache.get(pinned.key));
  t.ok(cache.get(other.key));
  t.same(evictions, ['files changed']);
});
