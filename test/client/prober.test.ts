import { test } from 'tap';
import { AuthenticationError } from '../../src/core/errors/authentication-error.ts';
import { NetworkError } from '../../src/core/errors/network-error.ts';
import { textSecret } from '../fakes/secrets.ts';
import {
  atOnce,
  breakerTime,
  type ClientRig,
  createClientRig,
  DEADLINE_MS,
  RESET_MS,
  told,
  TTL_MS,
} from './client-rig.ts';

const down = new NetworkError('ConnectionFailed', 'x');

interface Outage extends ClientRig {
  /** How often the store was asked for its health. */
  checks(): number;
}

/** `a` was read and has expired, the store is down, its breaker is open. */
async function createOutage(): Promise<Outage> {
  const rig = createClientRig();
  await rig.read();
  await rig.clock.advance(TTL_MS);
  rig.provider.failWith(down);
  for (let count = 0; rig.source.breaker.state === 'closed'; count++) {
    const failed = Promise.resolve(rig.read({ path: `other${count}` })).catch(() => undefined);
    await rig.clock.advance(DEADLINE_MS);
    await failed;
  }
  rig.provider.calls.length = 0;
  let checks = 0;
  const health = answerOf(down);
  rig.provider.health = () => {
    checks++;
    return health();
  };
  return { ...rig, checks: () => checks };
}

const answerOf = (error?: Error) => async (): Promise<readonly string[]> => {
  if (error !== undefined) throw error;
  return [];
};

test('after the pause the store is asked for its health, and no reader tries it', async (t) => {
  const pass = breakerTime(t);
  const rig = await createOutage();
  t.equal(rig.checks(), 0);
  await pass(rig, RESET_MS);
  t.equal(rig.checks(), 1);
  t.equal(rig.source.breaker.state, 'open', 'it is still down');
  for (let count = 2; count < 5; count++) {
    t.same(told(atOnce(rig.read())), ['stale', 'value of a']);
    await pass(rig, RESET_MS);
    t.equal(rig.checks(), count, 'once for each pause');
  }
  t.equal(rig.provider.calls.length, 0);
  t.same(await rig.samples('secrets_provider_calls_total{provider="files",call="health"'), [
    'secrets_provider_calls_total{provider="files",call="health",status="ConnectionFailed"} 4',
  ]);
  rig.source.breaker.close();
});

test('when it is well the breaker closes, and readers ask again', async (t) => {
  const pass = breakerTime(t);
  const rig = await createOutage();
  rig.provider.health = answerOf();
  rig.provider.onGet = () => textSecret('new');
  await pass(rig, RESET_MS);
  t.equal(rig.source.breaker.state, 'closed');
  await rig.clock.advance(5_000);
  t.match(told(await rig.read()), [/hit|miss/, 'new']);
  t.same(
    rig.events.map(({ type }) => type),
    ['stale', 'recovered'],
  );
});

test('while it is being asked no reader tries it either', async (t) => {
  const pass = breakerTime(t);
  const rig = await createOutage();
  const health = Promise.withResolvers<readonly string[]>();
  rig.provider.health = () => health.promise;
  await pass(rig, RESET_MS);
  t.equal(rig.source.breaker.state, 'half_open');
  t.same(told(atOnce(rig.read())), ['stale', 'value of a']);
  await t.rejects(Promise.resolve(rig.read({ path: 'new' })), { code: 'ProviderUnavailable' }, 'one probe at a time');
  t.equal(rig.provider.calls.length, 0);
  health.resolve([]);
  await pass(rig, 0);
  t.equal(rig.source.breaker.state, 'closed');
});

test('a health check that hangs opens the breaker again', async (t) => {
  const pass = breakerTime(t);
  const rig = await createOutage();
  rig.provider.health = () => new Promise(() => {});
  await pass(rig, RESET_MS);
  await pass(rig, DEADLINE_MS);
  t.equal(rig.source.breaker.state, 'open');
  rig.source.breaker.close();
});

test('one that is refused is no verdict: the next one follows, but not at once', async (t) => {
  const pass = breakerTime(t);
  const rig = await createOutage();
  let checks = 0;
  rig.provider.health = () => {
    checks++;
    return checks === 1 ? Promise.reject(new AuthenticationError('TokenRefreshFailed', 'x')) : Promise.resolve([]);
  };
  await pass(rig, RESET_MS);
  t.equal(checks, 1);
  for (let count = 0; count < 3; count++) await pass(rig, RESET_MS);
  t.equal(rig.source.breaker.state, 'closed');
});

test('after the close nothing is probed', async (t) => {
  const pass = breakerTime(t);
  const rig = await createOutage();
  await rig.pipeline.close();
  await pass(rig, RESET_MS);
  t.equal(rig.checks(), 0);
  rig.source.breaker.close();
});
