import { test } from 'tap';
import { AuthenticationError } from '../../src/core/errors/authentication-error.ts';
import { ProviderError } from '../../src/core/errors/provider-error.ts';
import { SecretNotFoundError } from '../../src/core/errors/secret-not-found-error.ts';
import { textSecret } from '../fakes/secrets.ts';
import { atOnce, type ClientRig, createClientRig, DEADLINE_MS, type RigOptions, told } from './client-rig.ts';

const preload = [
  { path: 'needed', required: true },
  { path: 'nice', required: false },
];

/** @returns a rig that has been started, and whether it is ready by now */
function start(options: RigOptions = {}, set?: (rig: ClientRig) => void) {
  const rig = createClientRig({ ...options, config: { preload, ...options.config } });
  set?.(rig);
  let isReady = false;
  const started = rig.pipeline.start().then(() => (isReady = true));
  return { ...rig, started, isReady: () => isReady };
}

test('what the configuration names is there before anybody asks', async (t) => {
  const rig = start();
  await rig.started;
  await rig.clock.advance(0);
  for (const path of ['needed', 'nice']) t.same(told(atOnce(rig.read({ path }))), ['hit', `value of ${path}`]);
  t.equal(rig.provider.calls.length, 2);
  await rig.pipeline.close();
});

test('only the required ones are waited for', async (t) => {
  const rig = start({}, ({ provider }) => {
    provider.onGet = ({ id }) => (id === 'nice' ? new Promise(() => {}) : textSecret(id));
  });
  await rig.clock.advance(0);
  t.ok(rig.isReady());
  await rig.pipeline.close();
});

test('what fails is tried again until it is there, missing or not, less and less often', async (t) => {
  for (const error of [
    new AuthenticationError('InvalidCredentials', 'x'),
    new SecretNotFoundError('SecretDoesNotExist', 'x'),
  ]) {
    const rig = start({ config: { retry: { maxAttempts: 1 } } }, ({ provider }) => provider.failWith(error));
    await rig.clock.advance(600_000);
    t.notOk(rig.isReady());
    const calls = rig.provider.calls.filter(({ id }) => id === 'needed').length;
    t.ok(calls >= 10 && calls <= 60, `${calls} attempts in 10 minutes`);
    t.equal(rig.log.messages('warn').filter((message) => /preloaded/.test(message)).length, 2, 'one line each');
    rig.provider.onGet = ({ id }) => textSecret(id);
    await rig.clock.advance(60_000);
    t.ok(rig.isReady());
    await rig.pipeline.close();
    rig.source.breaker.close();
  }
});

test('a path that leads nowhere is an error in the log, and is not waited for', async (t) => {
  const rig = start({ config: { preload: [{ path: '../x', required: true }] } });
  await rig.started;
  t.match(rig.log.lines, [{ level: 'error', fields: { secret_path: '../x', code: 'InvalidPath' } }]);
});

test('preloaded values are never evicted for space', async (t) => {
  const rig = start({ cache: { maxEntries: 2 } });
  await rig.started;
  for (let index = 0; index < 10; index++) await rig.read({ path: `p${index}` });
  for (const path of ['needed', 'nice']) t.equal(atOnce(rig.read({ path })).outcome, 'hit');
  await rig.pipeline.close();
});

test('and are read anew before they expire, read or not', async (t) => {
  const rig = start({ cache: { refreshAheadMs: 60_000 } });
  await rig.started;
  rig.provider.calls.length = 0;
  await rig.clock.advance(3_600_000);
  t.ok(rig.provider.calls.length >= 2 * 13 && rig.provider.calls.length <= 2 * 17, `${rig.provider.calls.length}`);
  await rig.pipeline.close();
});

test('after the close nothing is tried any more', async (t) => {
  const rig = start({}, ({ provider }) =>
    provider.failWith(new ProviderError('RateLimited', 'x', { retryAfterMs: 1e6 })),
  );
  await rig.clock.advance(0);
  await rig.pipeline.close();
  rig.provider.calls.length = 0;
  await rig.clock.advance(DEADLINE_MS * 100);
  t.equal(rig.provider.calls.length, 0);
});
