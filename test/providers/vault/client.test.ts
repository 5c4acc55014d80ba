import { test } from 'tap';
import { approleAuth, fails, startRig, until, type VaultRig } from './vault-rig.ts';

const LOGIN = 'auth/approle/login';
const LOOKUP = 'auth/token/lookup-self';
const DATA = 'secret/data/';
const DENIED = { status: 403, text: JSON.stringify({ errors: ['1 error occurred:\n\t* permission denied\n\n'] }) };
const DEAD = { status: 403, text: JSON.stringify({ errors: ['permission denied'] }) };

/** Waits for the pause before the second try: its timer is there beside that of the renewal. */
const untilPause = (rig: VaultRig): Promise<void> =>
  until(() => rig.vault.count(DATA) === 2 && rig.identityCalls.length === 4 && rig.clock.timers === 2);

test('a new token that a standby does not know yet is tried again 250 ms later', async (t) => {
  const rig = await startRig(t, { auth: approleAuth });
  rig.vault.tokens.clear();
  rig.vault.fault = ({ path, token }) => (path.startsWith(DATA) && token === 'login-token-2' ? DENIED : undefined);
  const work = rig.text('app/db');
  await untilPause(rig);
  rig.vault.fault = () => undefined;
  await rig.clock.advance(249);
  t.equal(rig.vault.count(DATA), 2, 'not before');
  await rig.clock.advance(1);
  t.equal(await work, '{"a":1}');
  t.equal(rig.vault.count(DATA), 3);
  t.equal(rig.vault.count(LOGIN), 2);
});

test('a refusal of a new token is believed after one more try', async (t) => {
  const rig = await startRig(t, { auth: approleAuth });
  rig.vault.tokens.clear();
  rig.vault.denied.add('app/db');
  const work = rig.get('app/db');
  await untilPause(rig);
  await rig.clock.advance(250);
  await fails(t, work, 'AccessError/AccessDenied');
  t.equal(rig.vault.count(DATA), 3);
  t.equal(rig.vault.count(LOGIN), 2);
  t.equal(rig.vault.count(LOOKUP), 2);
});

test('a new token that is dead at once is an error of ours, not a refusal, and ends there', async (t) => {
  const rig = await startRig(t, { auth: approleAuth });
  rig.vault.fault = ({ path }) => (path === LOGIN ? undefined : DEAD);
  const error = await fails(t, rig.get('app/db'), 'AuthenticationError/ExpiredCredentials');
  t.notMatch(error.message, 'login-token');
  t.equal(rig.vault.count(DATA), 2);
  t.equal(rig.vault.count(LOGIN), 2);
  t.same(rig.log.messages('error'), [error.message]);
  rig.vault.fault = () => undefined;
  t.equal(await rig.text('app/db'), '{"a":1}');
  t.same(rig.log.messages('info'), ['the store works again']);
});
