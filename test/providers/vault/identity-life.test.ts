import { test, type Test } from 'tap';
import { InstanceLog } from '../../../src/core/instance-log.ts';
import { Redacted } from '../../../src/core/redacted.ts';
import { Identity } from '../../../src/providers/vault/identity.ts';
import type { Grant, LoginMethod } from '../../../src/providers/vault/login-method.ts';
import type { TokenCalls } from '../../../src/providers/vault/token-calls.ts';
import { NetworkError } from '../../../src/core/errors/network-error.ts';
import { RecordingLog } from '../../contract/recording-log.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

const { signal } = new AbortController();
const HOUR_MS = 3_600_000;

interface Rig {
  readonly clock: FakeClock;
  readonly identity: Identity;
  /** What the store did. */
  readonly seen: string[];
  /** The lease that a renewal gives; undefined while the store is down. */
  renewMs: number | undefined;
}

function createRig(t: Test, grant: Omit<Grant, 'token'>): Rig {
  const clock = new FakeClock();
  const log = new RecordingLog();
  const seen: string[] = [];
  const method: LoginMethod = {
    name: 'approle',
    ownsToken: true,
    isWatched: false,
    readCredentials: async () => new Redacted('{}'),
    login: async () => (seen.push('login'), { ...grant, token: new Redacted('t') }),
  };
  const calls: TokenCalls = {
    lookupSelf: () => Promise.reject(new TypeError('not used')),
    async renewSelf(token) {
      seen.push('renew');
      if (rig.renewMs === undefined) throw new NetworkError('ConnectionFailed', 'down');
      return { ...grant, token, leaseMs: rig.renewMs };
    },
    revokeSelf: async () => undefined,
  };
  const tools = { clock, log, recordIdentityCall: () => undefined };
  const options = { method, calls, tools, log: new InstanceLog(log, 'vault'), revokeOnShutdown: true, random: () => 0 };
  const rig: Rig = { clock, seen, identity: new Identity(options), renewMs: HOUR_MS };
  t.teardown(() => rig.identity.close());
  return rig;
}

test('a token that ends sooner than wished is renewed first, once for all', async (t) => {
  const { identity, clock, seen } = createRig(t, { leaseMs: HOUR_MS, renewable: true });
  const token = await identity.token(signal);
  t.equal(await identity.lifeOf(token, HOUR_MS, signal), HOUR_MS);
  t.same(seen, ['login'], 'it is new');
  await clock.advance(HOUR_MS / 2);
  t.equal(await identity.lifeOf(token, HOUR_MS / 4, signal), HOUR_MS / 2);
  t.same(seen, ['login'], 'it lives long enough');
  const lives = await Promise.all([HOUR_MS, HOUR_MS * 9].map((wishMs) => identity.lifeOf(token, wishMs, signal)));
  t.same(lives, [HOUR_MS, HOUR_MS]);
  t.same(seen, ['login', 'renew']);
  t.equal(clock.timers, 1, 'one plan for its next renewal');
});

test('a token that cannot be renewed, or not now, is as long as it is', async (t) => {
  const batch = createRig(t, { leaseMs: HOUR_MS, renewable: false });
  const token = await batch.identity.token(signal);
  await batch.clock.advance(HOUR_MS / 2);
  t.equal(await batch.identity.lifeOf(token, HOUR_MS, signal), HOUR_MS / 2);
  t.same(batch.seen, ['login']);

  const down = createRig(t, { leaseMs: HOUR_MS, renewable: true });
  const other = await down.identity.token(signal);
  down.renewMs = undefined;
  await down.clock.advance(HOUR_MS / 2);
  t.equal(await down.identity.lifeOf(other, HOUR_MS, signal), HOUR_MS / 2);
  t.equal(down.clock.timers, 1, 'tried again later, by one timer');
});

test('a token that was replaced lives on, one that is unknown does not, and root never ends', async (t) => {
  const { identity, clock, seen } = createRig(t, { leaseMs: HOUR_MS, renewable: false });
  const old = await identity.token(signal);
  await clock.advance(HOUR_MS * 0.8);
  t.same(seen, ['login', 'login']);
  t.equal(await identity.lifeOf(old, HOUR_MS, signal), HOUR_MS * 0.2);
  t.equal(await identity.lifeOf(new Redacted('t'), HOUR_MS, signal), 0);
  const root = createRig(t, { leaseMs: 0, renewable: false });
  t.equal(await root.identity.lifeOf(await root.identity.token(signal), HOUR_MS, signal), Infinity);
});
