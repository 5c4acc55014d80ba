import { setImmediate as turn } from 'node:timers/promises';
import { test, type Test } from 'tap';
import { isSecretsError } from '../../../src/core/errors/secrets-error.ts';
import { Identity, type GcpIdentityOptions } from '../../../src/credentials/gcp/identity.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { GcpWorld, MACHINE, ROBOT } from './gcp-world.ts';

const MINUTE = 60_000;

interface Bench {
  readonly world: GcpWorld;
  readonly clock: FakeClock;
  readonly identity: Identity;
  readonly calls: string[];
  readonly reports: string[];
}

async function bench(t: Test, more: Partial<GcpIdentityOptions> = {}): Promise<Bench> {
  const clock = new FakeClock();
  const world = await GcpWorld.create(t, { clock });
  const calls: string[] = [];
  const reports: string[] = [];
  const identity = new Identity({
    ...world.tools,
    auth: { method: 'metadata' },
    recordIdentityCall: (status) => void calls.push(status),
    report: (error) => void reports.push(error.code),
    ...more,
  });
  t.teardown(() => identity.close());
  return { world, clock, identity, calls, reports };
}

const tokenCalls = ({ world }: Bench): number =>
  world.metadataServer.requests.filter(({ path }) => path.endsWith('/token')).length;

/** Time stands still while real sockets talk. */
async function until(isSo: () => boolean, clock: FakeClock): Promise<void> {
  while (!isSo()) {
    await clock.advance(0);
    await turn();
  }
}

test('one login for all who wait, and its token as long as it lives', async (t) => {
  const it = await bench(t);
  const found = await Promise.all([1, 2, 3].map(() => it.identity.credentials(it.world.signal)));
  t.equal(new Set(found).size, 1);
  t.equal(await it.identity.credentials(it.world.signal), found[0]);
  t.equal(tokenCalls(it), 1);
  t.same(it.calls, ['success']);
  t.match(found[0], { source: 'the metadata server', account: MACHINE });
  t.equal(it.identity.expiresInMs, 3_599_000);
});

test('renewed 5 minutes early, in the background', async (t) => {
  const it = await bench(t);
  const first = await it.identity.credentials(it.world.signal);
  await it.clock.advance(3_599_000 - 5 * MINUTE - 1);
  t.equal(tokenCalls(it), 1);
  await it.clock.advance(1);
  await until(() => it.calls.length === 2, it.clock);
  t.equal(tokenCalls(it), 2);
  t.not(await it.identity.credentials(it.world.signal), first);
});

test('a token of a short life is renewed at the half of it', async (t) => {
  const it = await bench(t);
  it.world.metadata.lifetimeSeconds = 240;
  await it.identity.credentials(it.world.signal);
  await it.clock.advance(2 * MINUTE);
  await until(() => it.calls.length === 2, it.clock);
  t.equal(tokenCalls(it), 2);
});

test('a renewal that fails is tried again, and the old token stays in use', async (t) => {
  const it = await bench(t);
  const first = await it.identity.credentials(it.world.signal);
  it.world.metadata.faults.push({ status: 404, body: '' });
  await it.clock.advance(3_599_000 - 5 * MINUTE);
  await until(() => it.calls.length === 2, it.clock);
  t.same(it.reports, ['InvalidCredentials']);
  t.equal(await it.identity.credentials(it.world.signal), first);
  await it.clock.advance(1_000);
  await until(() => it.calls.length === 3, it.clock);
  t.not(await it.identity.credentials(it.world.signal), first);
});

test('a token that has ended is waited for', async (t) => {
  const it = await bench(t);
  it.world.metadata.lifetimeSeconds = 1;
  const first = await it.identity.credentials(it.world.signal);
  await it.identity.close();
  await it.clock.advance(1_000);
  await t.rejects(it.identity.credentials(it.world.signal), { code: 'ProviderUnavailable' });
  t.equal(it.identity.expiresInMs, 0);
  t.ok(first);
});

test('what was refused is asked for again after a pause that grows', async (t) => {
  const it = await bench(t, { auth: { method: 'service-account', file: '/nowhere' } });
  const ask = async (): Promise<string> => {
    try {
      await it.identity.credentials(it.world.signal);
    } catch (error) {
      return isSecretsError(error) ? error.code : 'another';
    }
    return 'a token';
  };
  t.equal(await ask(), 'InvalidCredentials');
  t.equal(await ask(), 'InvalidCredentials');
  t.equal(it.calls.length, 1, 'the second time nobody is asked');
  for (const [pauseMs, calls] of [
    [1_000, 2],
    [2_000, 3],
    [4_000, 4],
    [8_000, 5],
    [16_000, 6],
    [32_000, 7],
    [MINUTE, 8],
    [MINUTE, 9],
  ] as const) {
    await it.clock.advance(pauseMs - 1);
    t.equal(it.calls.length, calls - 1);
    await it.clock.advance(1);
    await until(() => it.calls.length === calls, it.clock);
  }
  t.same(new Set(it.reports), new Set(['InvalidCredentials']));
});

test('a file that is mended is picked up', async (t) => {
  const it = await bench(t);
  const file = it.world.path('late.json');
  const identity = new Identity({
    ...it.world.tools,
    auth: { method: 'service-account', file },
    recordIdentityCall: (status) => void it.calls.push(status),
    report: () => {},
  });
  t.teardown(() => identity.close());
  await t.rejects(identity.credentials(it.world.signal));
  await it.world.write('late.json', it.world.authority.keyFile(ROBOT));
  await it.clock.advance(1_000);
  await until(() => it.calls.includes('success'), it.clock);
  t.equal((await identity.credentials(it.world.signal)).account, ROBOT);
});

test('a token of our own that is refused is replaced by one of the token endpoint', async (t) => {
  const it = await bench(t);
  const key = it.world.authority.keyFile(ROBOT, { token_uri: `${it.world.oauthServer.origin}/token` });
  const file = await it.world.write('key.json', key);
  const identity = new Identity({
    ...it.world.tools,
    auth: { method: 'service-account', file },
    recordIdentityCall: () => {},
    report: () => {},
  });
  t.teardown(() => identity.close());
  const first = await identity.credentials(it.world.signal);
  t.match(first.token.expose(), /^ey/);
  const second = await identity.replace(first, it.world.signal);
  t.match(second.token.expose(), /^ya29/);
  t.equal(await identity.replace(first, it.world.signal), second, 'someone else has replaced it');
  t.match((await identity.replace(second, it.world.signal)).token.expose(), /^ey/, 'and the other way round');
});

test('who pays', async (t) => {
  const it = await bench(t, { env: {} });
  const payer = async (more: Partial<GcpIdentityOptions>): Promise<string | undefined> => {
    const file = await it.world.write('key.json', it.world.authority.keyFile(ROBOT, { quota_project_id: 'of-file' }));
    const identity = new Identity({
      ...it.world.tools,
      auth: { method: 'service-account', file },
      recordIdentityCall: () => {},
      report: () => {},
      ...more,
    });
    t.teardown(() => identity.close());
    return (await identity.credentials(it.world.signal)).quotaProject;
  };
  t.equal(await payer({}), 'of-file');
  t.equal(await payer({ env: { GOOGLE_CLOUD_QUOTA_PROJECT: 'of-env' } }), 'of-env');
  t.equal(await payer({ env: { GOOGLE_CLOUD_QUOTA_PROJECT: 'of-env' }, quotaProject: 'of-option' }), 'of-option');
});

test('a login that hangs ends, and a caller that leaves does not end it', async (t) => {
  const it = await bench(t);
  it.world.metadata.faults.push('hang');
  const abort = new AbortController();
  const left = it.identity.credentials(abort.signal);
  const waiting = it.identity.credentials(it.world.signal).catch((error: unknown) => error);
  abort.abort();
  await t.rejects(left, { code: 'Timeout' });
  await until(() => it.world.metadataServer.requests.length === 1, it.clock);
  await it.clock.advance(15_000);
  t.match(await waiting, { code: 'Timeout' });
  t.same(it.calls, ['Timeout']);
  t.match(await it.identity.credentials(it.world.signal), { account: MACHINE }, 'the next one is a new login');
});

test('no timer is left behind', async (t) => {
  const it = await bench(t);
  await it.identity.credentials(it.world.signal);
  t.equal(it.clock.timers, 1);
  await it.identity.close();
  await it.identity.close();
  t.equal(it.clock.timers, 0);
});
