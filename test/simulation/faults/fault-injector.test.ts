import { test } from 'tap';
import type { RawFault } from '../../../src/core/fault.ts';
import { current } from '../../../src/core/selector.ts';
import { FaultInjector } from '../../../src/simulation/faults/fault-injector.ts';
import { Faults } from '../../../src/simulation/faults/faults.ts';
import { rotateValue } from '../../../src/simulation/fake/rotate-value.ts';
import { intercept } from '../../../src/simulation/intercept.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { FakeProvider } from '../../fakes/fake-provider.ts';
import { textSecret } from '../../fakes/secrets.ts';

const call = { signal: new AbortController().signal };
const here = { id: 'db', selector: current };

function create(...faults: readonly RawFault[]) {
  const [clock, store, words] = [new FakeClock(), new FakeProvider(), [] as string[]];
  const interceptor = new FaultInjector({
    provider: 'vault',
    label: 'vault',
    faults: new Faults(clock, { seed: 1, faults }),
    clock,
    rotateValue: (value, path, n) => rotateValue(value, [path, n]),
    onPlan: (_, faults) => words.push(...faults),
  });
  return { clock, store, words, provider: intercept(store, { interceptor, toPath: (native) => native }) };
}

test('an error does not ask the store, a reset does', async (t) => {
  const failing = create({ errorRate: 1, code: 'ExpiredCredentials', retryAfter: '3s' });
  await t.rejects(failing.provider.get(here, call), {
    category: 'AuthenticationError',
    code: 'ExpiredCredentials',
    details: { retryAfterMs: 3_000 },
  });
  t.equal(failing.store.calls.length, 0);
  const lost = create({ resetRate: 1 });
  await t.rejects(lost.provider.get(here, call), { code: 'ConnectionFailed' });
  t.equal(lost.store.calls.length, 1);
});

test('latency is before the call, a slow body after it; both end with the call', async (t) => {
  const { provider, store, clock, words } = create({ latency: '1s', slowBody: '2s' });
  let answered = false;
  const answer = provider.get(here, call).then(() => (answered = true));
  await clock.advance(999);
  t.equal(store.calls.length, 0);
  await clock.advance(1);
  t.equal(store.calls.length, 1);
  await clock.advance(1_999);
  t.notOk(answered);
  await clock.advance(1);
  await answer;
  t.same(words, ['latency 1000 ms', 'slow body 2000 ms']);
  await t.rejects(provider.get(here, { signal: AbortSignal.abort() }), { code: 'Timeout' });
});

test('a rotated secret has a new version, and the one before it as previous', async (t) => {
  const { provider, store, clock } = create({ rotateEvery: '10s' });
  store.onGet = () => textSecret('{"user":"app","password":"hunter2"}', { version: '3' });
  t.equal((await provider.get(here, call)).version, '3');
  await clock.advance(20_000);
  const second = await provider.get(here, call);
  t.match(second, { version: '3.r2' });
  t.match(JSON.parse(second.value.expose().toString()), { user: 'app', password: /^(?!hunter2)/ });
  const previous = await provider.get({ id: 'db', selector: { stage: 'previous' } }, call);
  t.match(previous, { version: '3.r1', stages: ['previous'] });
  t.same(store.calls.at(-1)?.selector, current, 'made from the current one');
  store.onDescribe = (id) => ({ name: id, currentVersion: '3' });
  t.equal((await provider.describe('db', call)).currentVersion, '3.r2');
  store.onVersions = () => ({
    items: [
      { version: '3', stages: ['current'], state: 'enabled' },
      { version: '2', stages: ['previous'], state: 'enabled' },
    ],
  });
  t.same((await provider.versions('db', { limit: 9 }, call)).items, [
    { version: '3.r2', stages: ['current'], state: 'enabled' },
    { version: '3.r1', stages: ['previous'], state: 'enabled' },
    { version: '2', stages: [], state: 'enabled' },
  ]);
  t.match(await provider.get({ id: 'db', selector: { version: '3' } }, call), { version: '3' });
});

test('a stale version is the one that was there before', async (t) => {
  const { provider, store } = create({ staleRate: 1 });
  store.onGet = () => textSecret('one', { version: '1' });
  t.equal((await provider.get(here, call)).version, '1', 'none is known');
  store.onGet = () => textSecret('two', { version: '2' });
  t.equal((await provider.get(here, call)).version, '1');
  t.equal((await provider.get(here, call)).version, '1');
  const rotating = create({ staleRate: 1, rotateEvery: '1s' });
  await rotating.clock.advance(5_000);
  t.equal((await rotating.provider.get(here, call)).version, '1.r4');
});

test('the dates of a store whose clock is ahead', async (t) => {
  const { provider, store } = create({ clockSkew: '1h' });
  const [at, later] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-01-01T01:00:00Z')];
  store.onGet = () => textSecret('x', { createdAt: at, metadata: { name: 'x', updatedAt: at } });
  t.match(await provider.get(here, call), { createdAt: later, metadata: { updatedAt: later } });
  store.onList = () => ({ items: [{ name: 'x', createdAt: at }] });
  t.match((await provider.list({ prefix: '', tags: {}, limit: 1 }, call)).items, [{ createdAt: later }]);
});

test('an outage takes health checks with it', async (t) => {
  const { provider, clock } = create({ outage: { every: '3s', for: '1s' } });
  t.same(await provider.health(call), []);
  await clock.advance(2_000);
  await t.rejects(provider.health(call), { code: 'ProviderUnavailable', message: "simulated: an outage of 'vault'" });
  await clock.advance(1_000);
  t.same(await provider.health(call), []);
});
