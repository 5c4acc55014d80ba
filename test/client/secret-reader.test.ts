import { test } from 'tap';
import { AccessError } from '../../src/core/errors/access-error.ts';
import { NetworkError } from '../../src/core/errors/network-error.ts';
import { ProviderError } from '../../src/core/errors/provider-error.ts';
import { SecretNotFoundError } from '../../src/core/errors/secret-not-found-error.ts';
import { textSecret } from '../fakes/secrets.ts';
import {
  atOnce,
  type ClientRig,
  context,
  createClientRig,
  DEADLINE_MS,
  PATIENCE_MS,
  RESET_MS,
  told,
  TTL_MS,
} from './client-rig.ts';

const down = new NetworkError('ConnectionFailed', 'x');

/** A rig whose `a` was read, and expired with the store down. */
async function inOutage(): Promise<ClientRig> {
  const rig = createClientRig();
  await rig.read();
  await rig.clock.advance(TTL_MS);
  rig.provider.failWith(down);
  rig.audited.length = 0;
  rig.provider.calls.length = 0;
  return rig;
}

test('1,000 concurrent first reads are one call', async (t) => {
  const rig = createClientRig();
  const store = rig.provider.hold();
  const reads = Array.from({ length: 1_000 }, async () => rig.read());
  await rig.clock.advance(1_000);
  store.answer(textSecret('x'));
  const answers = await Promise.all(reads);
  t.equal(rig.provider.calls.length, 1);
  t.equal(new Set(answers.map(({ entry }) => entry)).size, 1);
  t.equal(rig.audited.length, 1_000, 'each of them is recorded');
  t.same(await rig.samples('secrets_cache_misses_total'), ['secrets_cache_misses_total{provider="files"} 1000']);
});

test('a cached read is synchronous', async (t) => {
  const rig = createClientRig();
  const first = rig.read();
  t.ok(first instanceof Promise);
  t.same(told(await first), ['miss', 'value of a']);
  const second = rig.read();
  t.same(told(atOnce(second)), ['hit', 'value of a']);
  t.equal(rig.provider.calls.length, 1);
});

test('a read after the ttl asks again', async (t) => {
  const rig = createClientRig();
  await rig.read();
  await rig.clock.advance(TTL_MS - 1);
  t.notOk(rig.read() instanceof Promise);
  await rig.clock.advance(1);
  rig.provider.onGet = () => textSecret('new');
  t.same(told(await rig.read()), ['miss', 'new']);
});

test('in an outage the last value answers at once, marked stale, and the store is left in peace for a while', async (t) => {
  const rig = await inOutage();
  t.same(told(await rig.read()), ['stale', 'value of a']);
  t.equal(rig.provider.calls.length, 1, 'after the first failed attempt');
  await rig.clock.advance(1_000);
  t.equal(rig.provider.calls.length, 3, 'the retries went on behind, the last of them 750 ms later');
  await rig.clock.advance(RESET_MS - 251);
  t.same(told(atOnce(rig.read())), ['stale', 'value of a']);
  t.equal(rig.provider.calls.length, 3);
  await rig.clock.advance(1);
  rig.provider.onGet = () => textSecret('new');
  t.same(told(await rig.read()), ['miss', 'new']);
});

test('a store that hangs holds a reader with a value at hand for as long as his patience only', async (t) => {
  const rig = await inOutage();
  rig.provider.hang();
  const startMs = rig.clock.monotonicMs();
  const reading = Promise.resolve(rig.read()).then((answer) => [...told(answer), rig.clock.monotonicMs() - startMs]);
  await rig.clock.advance(3_000);
  t.same(await reading, ['stale', 'value of a', PATIENCE_MS]);
});

test('`fresh` takes a value of the last second, and asks for anything older', async (t) => {
  const rig = createClientRig();
  await rig.read();
  await rig.clock.advance(1_000);
  const young = rig.read({ fresh: true });
  t.same(told(atOnce(young)), ['hit', 'value of a']);
  await rig.clock.advance(1);
  rig.provider.onGet = () => textSecret('new');
  t.same(told(await rig.read({ fresh: true })), ['miss', 'new']);
  t.same(told(await rig.read()), ['hit', 'new']);
});

test('`fresh` is never stale: the failure is told, and the others keep their value', async (t) => {
  const rig = createClientRig();
  await rig.read();
  await rig.clock.advance(2_000);
  rig.provider.failWith(down);
  const failed = Promise.resolve(rig.read({ fresh: true }));
  const rejected = t.rejects(failed, down);
  await rig.clock.advance(DEADLINE_MS);
  await rejected;
  t.same(told(await rig.read()), ['hit', 'value of a']);
});

test('`fresh` does not take a stale value either, however young', async (t) => {
  const rig = createClientRig({ cache: { ttlMs: 400 }, config: { retry: { maxAttempts: 1 } } });
  await rig.read();
  await rig.clock.advance(400);
  rig.provider.failWith(down);
  t.same(told(await rig.read()), ['stale', 'value of a']);
  const failed = Promise.resolve(rig.read({ fresh: true }));
  const rejected = t.rejects(failed, down);
  await rig.clock.advance(DEADLINE_MS);
  await rejected;
});

test('`fresh` takes no answer to an older question', async (t) => {
  const rig = createClientRig();
  const older = rig.provider.hold();
  const reads = [false, true, true].map(async (fresh) => rig.read({ fresh }));
  await rig.clock.advance(0);
  rig.provider.onGet = () => textSecret('new');
  older.answer(textSecret('old'));
  t.same((await Promise.all(reads)).map(told), [
    ['miss', 'old'],
    ['miss', 'new'],
    ['miss', 'new'],
  ]);
  t.equal(rig.provider.calls.length, 2);
});

test('a missing secret is asked for once in a while; `fresh` asks at once', async (t) => {
  const rig = createClientRig();
  const missing = new SecretNotFoundError('SecretDoesNotExist', 'x');
  rig.provider.failWith(missing);
  await t.rejects(Promise.resolve(rig.read()), missing);
  t.throws(() => rig.read(), missing, 'at once');
  t.equal(rig.provider.calls.length, 1);
  rig.provider.onGet = () => textSecret('there');
  t.same(told(await rig.read({ fresh: true })), ['miss', 'there']);
  t.same(told(await rig.read()), ['hit', 'there']);
});

test('a refusal by the store ends the life of every selector', async (t) => {
  const rig = createClientRig();
  await rig.read({ version: '3' });
  await rig.read({ stage: 'previous' });
  rig.provider.failWith(new AccessError('AccessDenied', 'x'));
  await t.rejects(Promise.resolve(rig.read()), { code: 'AccessDenied' });
  for (const selector of [{ version: '3' }, { stage: 'previous' }])
    await t.rejects(Promise.resolve(rig.read(selector)), { code: 'AccessDenied' });
});

test('our own refusal never touches the cache', async (t) => {
  const rig = createClientRig();
  await rig.read();
  t.throws(() => rig.read({ context: { ...context, caller: 'stranger' } }), { code: 'PolicyDenied' });
  t.same(told(await rig.read()), ['hit', 'value of a']);
});

test('policy comes before everything: it does not tell what exists', async (t) => {
  const rig = createClientRig();
  const stranger = { ...context, caller: 'stranger' };
  await rig.read();
  for (const path of ['a', 'missing', '..'])
    t.throws(() => rig.read({ path, context: stranger }), {
      code: 'PolicyDenied',
      message: "caller 'stranger' may not get",
    });
  t.equal(rig.provider.calls.length, 1);
});

test('every read is recorded once, whatever its outcome', async (t) => {
  const rig = createClientRig();
  const event = { operation: 'get', path: 'a', context, provider: 'files', cached: false };
  await rig.read();
  await rig.read();
  await rig.read({ operation: 'resolve' });
  t.throws(() => rig.read({ path: 'a//b' }));
  t.throws(() => rig.read({ context: { ...context, caller: 'stranger' } }));
  rig.provider.failWith(new SecretNotFoundError('VersionNotFound', 'x'));
  await t.rejects(Promise.resolve(rig.read({ version: '9' })));
  t.throws(() => rig.read({ version: '9' }));
  rig.provider.failWith(new TypeError('a bug'));
  await t.rejects(Promise.resolve(rig.read({ path: 'b' })));
  await rig.clock.advance(TTL_MS);
  rig.provider.failWith(new ProviderError('RateLimited', 'x', { retryAfterMs: 60_000 }));
  await rig.read();
  await rig.read();
  t.strictSame(rig.audited, [
    { ...event, version: '1' },
    { ...event, version: '1', cached: true },
    { ...event, version: '1', cached: true, operation: 'resolve' },
    { operation: 'get', path: 'a//b', context, cached: false, code: 'InvalidPath' },
    { operation: 'get', path: 'a', context: { ...context, caller: 'stranger' }, cached: false, code: 'PolicyDenied' },
    { ...event, code: 'VersionNotFound' },
    { ...event, code: 'VersionNotFound' },
    { ...event, path: 'b', code: 'Unexpected' },
    { ...event, version: '1', cached: true },
    { ...event, version: '1', cached: true },
  ]);
});

test('and counted once', async (t) => {
  const rig = createClientRig();
  await rig.read();
  await rig.read();
  t.throws(() => rig.read({ path: '' }));
  rig.provider.failWith(new SecretNotFoundError('SecretDoesNotExist', 'x'));
  await t.rejects(Promise.resolve(rig.read({ path: 'b' })));
  t.throws(() => rig.read({ path: 'b' }));
  await rig.clock.advance(TTL_MS);
  rig.provider.failWith(new ProviderError('QuotaExceeded', 'x'));
  await rig.read();
  await rig.read();
  const samples = async (name: string): Promise<readonly string[]> =>
    (await rig.samples(`secrets_${name}{`)).map((line) => line.slice(`secrets_${name}`.length)).sort();
  t.same(await samples('requests_total'), [
    '{provider="files",operation="get",status="error"} 2',
    '{provider="files",operation="get",status="success"} 4',
    '{provider="none",operation="get",status="error"} 1',
  ]);
  t.same(await samples('errors_total'), [
    '{provider="files",error_type="SecretNotFoundError"} 2',
    '{provider="none",error_type="RequestError"} 1',
  ]);
  t.same(await samples('cache_hits_total'), ['{provider="files"} 1']);
  t.same(await samples('cache_misses_total'), ['{provider="files"} 3']);
  t.same(await samples('stale_served_total'), ['{provider="files"} 2']);
  t.same(await samples('request_duration_seconds_count'), [
    '{provider="files",operation="get"} 6',
    '{provider="none",operation="get"} 1',
  ]);
});

test('two spellings of one secret share its entry, and either can be invalidated', async (t) => {
  const rig = createClientRig();
  rig.provider.toId = (path) => path.toLowerCase();
  await rig.read({ path: 'DB' });
  t.same(told(await rig.read({ path: 'db' })), ['hit', 'value of db']);
  rig.fetcher.invalidate(({ path }) => path === 'db');
  t.ok(rig.read({ path: 'DB' }) instanceof Promise);
});

test('a time measured is the time it took', async (t) => {
  const rig = createClientRig();
  const store = rig.provider.hold();
  const reading = rig.read();
  await rig.clock.advance(2_000);
  store.answer(textSecret('x'));
  await reading;
  t.same(await rig.samples('secrets_request_duration_seconds_sum'), [
    'secrets_request_duration_seconds_sum{provider="files",operation="get"} 2',
  ]);
});
