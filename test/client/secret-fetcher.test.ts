import { test } from 'tap';
import type { CacheEntry } from '../../src/cache/cache-entry.ts';
import type { Stop } from '../../src/client/router.ts';
import { AccessError } from '../../src/core/errors/access-error.ts';
import { AuthenticationError } from '../../src/core/errors/authentication-error.ts';
import { NetworkError } from '../../src/core/errors/network-error.ts';
import { ProviderError } from '../../src/core/errors/provider-error.ts';
import { SecretNotFoundError } from '../../src/core/errors/secret-not-found-error.ts';
import type { Selector } from '../../src/core/selector.ts';
import { BreakerOpenError } from '../../src/resilience/breaker-open-error.ts';
import { binarySecret, textSecret } from '../fakes/secrets.ts';
import { type ClientRig, createClientRig, DEADLINE_MS, MAX_VALUE_BYTES, RESET_MS, TTL_MS } from './client-rig.ts';

const stopOf = (rig: ClientRig, selector: Selector = {}): Stop => rig.router.route({ path: 'a', ...selector })[0];
const fetchA = (rig: ClientRig, selector?: Selector): Promise<CacheEntry> =>
  rig.fetcher.fetch(stopOf(rig, selector)).answer;
const keyOf = (rig: ClientRig, selector?: Selector): string => stopOf(rig, selector).identity.key;
const valueOf = (entry: CacheEntry | undefined): unknown => entry?.secret.value.expose();

/** A rig whose `a` was read, and has expired. */
async function withExpired(options?: Parameters<typeof createClientRig>[0]): Promise<ClientRig> {
  const rig = createClientRig(options);
  await fetchA(rig);
  await rig.clock.advance(TTL_MS);
  rig.provider.calls.length = 0;
  return rig;
}

test('a value is kept for the ttl of its route', async (t) => {
  const rig = createClientRig();
  const entry = await fetchA(rig);
  t.equal(valueOf(entry), 'value of a');
  t.equal(entry.expiresAtMs - entry.fetchedAtMs, TTL_MS);
  t.equal(rig.cache.get(keyOf(rig)), entry);
});

test('a pinned version is checked again hourly', async (t) => {
  const rig = createClientRig();
  const entry = await fetchA(rig, { version: '3' });
  t.equal(entry.expiresAtMs - entry.fetchedAtMs, 3_600_000);
  const staged = await fetchA(rig, { stage: 'previous' });
  t.equal(staged.expiresAtMs - staged.fetchedAtMs, TTL_MS);
});

test('a failure is thrown after the retries', async (t) => {
  const rig = createClientRig();
  const error = new ProviderError('InternalError', 'x');
  rig.provider.failWith(error);
  const rejected = t.rejects(fetchA(rig), error);
  await rig.clock.advance(DEADLINE_MS);
  await rejected;
  t.equal(rig.provider.calls.length, 3);
  t.equal(rig.log.messages('error').length + rig.log.messages('warn').length, 1, 'one line of the log');
});

test('a brief question is one attempt', async (t) => {
  const rig = createClientRig();
  const error = new ProviderError('InternalError', 'x');
  rig.provider.failWith(error);
  await t.rejects(rig.fetcher.fetch(stopOf(rig), { isBrief: true }).answer, error);
  t.equal(rig.provider.calls.length, 1);
});

test('the first failed attempt is told at once, and the retries go on', async (t) => {
  const rig = createClientRig();
  const error = new ProviderError('InternalError', 'x');
  rig.provider.onGet = () => (rig.provider.calls.length < 3 ? Promise.reject(error) : textSecret('third'));
  const { answer, firstFailure } = rig.fetcher.fetch(stopOf(rig));
  t.equal(await firstFailure, error);
  t.equal(rig.provider.calls.length, 1);
  await rig.clock.advance(DEADLINE_MS);
  t.equal(valueOf(await answer), 'third');
});

test('the next attempt is due after the smaller of half the ttl and the pause of the breaker', async (t) => {
  for (const [ttlMs, delayMs] of [
    [TTL_MS, RESET_MS],
    [10_000, 5_000],
  ] as const) {
    const transient = [
      new ProviderError('InternalError', 'x'),
      new ProviderError('ProviderUnavailable', 'x'),
      new ProviderError('RateLimited', 'x', { retryAfterMs: 1 }),
      new NetworkError('Timeout', 'x'),
      new AuthenticationError('ExpiredCredentials', 'x'),
    ];
    for (const error of transient) {
      const rig = await withExpired({ cache: { ttlMs } });
      rig.provider.failWith(error);
      const { answer, firstFailure } = rig.fetcher.fetch(stopOf(rig));
      const rejected = t.rejects(answer, error);
      await firstFailure;
      const entry = rig.cache.get(keyOf(rig));
      t.equal(entry?.nextAttemptAtMs, rig.clock.monotonicMs() + delayMs, `${ttlMs} ${error.code}`);
      await rig.clock.advance(DEADLINE_MS);
      await rejected;
      t.equal(valueOf(rig.cache.get(keyOf(rig))), 'value of a', 'it is still there');
    }
  }
});

test('a refusal evicts, stale value and all', async (t) => {
  const refusals = [
    new SecretNotFoundError('SecretDoesNotExist', 'x'),
    new SecretNotFoundError('VersionNotFound', 'x'),
    new AccessError('AccessDenied', 'x'),
  ];
  for (const error of refusals) {
    const rig = await withExpired();
    rig.provider.failWith(error);
    await t.rejects(fetchA(rig), error);
    t.equal(rig.cache.get(keyOf(rig)), undefined, error.code);
    t.equal(rig.cache.getRefusal(keyOf(rig)), error);
    t.equal(rig.provider.calls.length, 1);
  }
});

test('an answer from before an invalidation is delivered, not kept', async (t) => {
  const rig = createClientRig();
  const store = rig.provider.hold();
  const reading = fetchA(rig);
  rig.fetcher.invalidate(({ path }) => path === 'a');
  store.answer(textSecret('old'));
  t.equal(valueOf(await reading), 'old');
  t.equal(rig.cache.get(keyOf(rig)), undefined);
  rig.provider.onGet = () => textSecret('new');
  t.equal(valueOf(await fetchA(rig)), 'new');
  t.equal(valueOf(rig.cache.get(keyOf(rig))), 'new');
});

test('a refusal from before an invalidation is delivered, not kept', async (t) => {
  const rig = createClientRig();
  const store = rig.provider.hold();
  const reading = fetchA(rig);
  rig.fetcher.invalidate(() => true);
  const error = new SecretNotFoundError('SecretDoesNotExist', 'x');
  store.fail(error);
  await t.rejects(reading, error);
  t.equal(rig.cache.getRefusal(keyOf(rig)), undefined);
});

test('after an invalidation nobody joins the question from before', async (t) => {
  const rig = createClientRig();
  const store = rig.provider.hold();
  const before = fetchA(rig);
  rig.fetcher.invalidate(() => true);
  const after = fetchA(rig);
  await rig.clock.advance(0);
  t.equal(rig.provider.calls.length, 2);
  store.answer(textSecret('x'));
  await Promise.all([before, after]);
});

test('an answer about one version from before the secret was refused is delivered, not kept', async (t) => {
  const rig = createClientRig();
  const store = rig.provider.hold();
  const older = fetchA(rig, { version: '3' });
  await rig.clock.advance(0);
  rig.provider.failWith(new AccessError('AccessDenied', 'x'));
  await t.rejects(fetchA(rig), { code: 'AccessDenied' });
  store.answer(textSecret('old', { version: '3' }));
  t.equal(valueOf(await older), 'old');
  t.equal(rig.cache.get(keyOf(rig, { version: '3' })), undefined);
});

test('but a version that is not there says nothing of the others', async (t) => {
  const rig = createClientRig();
  const store = rig.provider.hold();
  const older = fetchA(rig);
  await rig.clock.advance(0);
  rig.provider.failWith(new SecretNotFoundError('VersionNotFound', 'x'));
  await t.rejects(fetchA(rig, { version: '3' }), { code: 'VersionNotFound' });
  store.answer(textSecret('current'));
  await older;
  t.equal(valueOf(rig.cache.get(keyOf(rig))), 'current');
});

test('a value over the limit is refused, one of just the limit is not', async (t) => {
  const rig = createClientRig();
  rig.provider.onGet = () => textSecret('é'.repeat(MAX_VALUE_BYTES / 2));
  await fetchA(rig);
  rig.fetcher.invalidate(() => true);
  rig.provider.onGet = () => textSecret(`${'é'.repeat(MAX_VALUE_BYTES / 2)}x`);
  await t.rejects(fetchA(rig), {
    code: 'InvalidSecretFormat',
    message: "the value is larger than 'limits.value' allows",
    details: { provider: 'files', path: 'a' },
  });
  t.equal(rig.cache.get(keyOf(rig)), undefined);
});

test('a value over 64 KiB is served with a warning and a metric', async (t) => {
  const rig = createClientRig();
  rig.provider.onGet = () => textSecret('x'.repeat(65_536));
  await fetchA(rig);
  t.same(rig.log.messages('warn'), []);
  t.same(await rig.samples('secrets_large_values_total'), []);
  rig.fetcher.invalidate(() => true);
  rig.provider.onGet = () => binarySecret(Array.from({ length: 65_537 }, () => 7));
  await fetchA(rig);
  const warnings = rig.log.lines.filter(({ level }) => level === 'warn');
  t.match(warnings, [{ fields: { provider: 'files', secret_path: 'a', bytes: 65_537 } }]);
  t.equal(warnings.length, 1);
  t.same(await rig.samples('secrets_large_values_total'), ['secrets_large_values_total{provider="files"} 1']);
});

test('no value is in the log', async (t) => {
  const rig = await withExpired();
  rig.provider.failWith(new NetworkError('Timeout', 'x'));
  const failed = t.rejects(fetchA(rig));
  await rig.clock.advance(DEADLINE_MS);
  await failed;
  t.match(rig.log.text(), 'secret_path');
  t.notMatch(rig.log.text(), 'value of a');
});

test('whoever wants a fresh value is not content with one attempt, and leaves a value that still holds alone', async (t) => {
  const rig = createClientRig();
  await fetchA(rig);
  rig.provider.calls.length = 0;
  rig.provider.failWith(new ProviderError('InternalError', 'x'));
  const failed = t.rejects(rig.fetcher.fetchAnew(stopOf(rig), {}), { code: 'InternalError' });
  await rig.clock.advance(DEADLINE_MS);
  await failed;
  t.equal(rig.provider.calls.length, 3);
  t.equal(rig.cache.get(keyOf(rig))?.nextAttemptAtMs, 0);
});

test('while the breaker is open, reads are no lines of the log', async (t) => {
  const rig = createClientRig();
  rig.provider.failWith(new BreakerOpenError('files', 1_000));
  await t.rejects(fetchA(rig), { code: 'ProviderUnavailable' });
  t.same(rig.log.messages('error'), []);
});
