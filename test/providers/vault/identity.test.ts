import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { approleAuth, fails, startRig, until, type VaultRig } from './vault-rig.ts';

const LOGIN = 'auth/approle/login';
const RENEW = 'auth/token/renew-self';
const LOOKUP = 'auth/token/lookup-self';
const HOUR_MS = 3_600_000;

// No jitter: renewals at 60 % of the lease, logins at 80 %, a backoff of whole seconds. A step of the clock must not go
// beyond such a point, since it would run into the deadline of the call that begins there.
Math.random = () => 0;
const RENEW_AT_MS = HOUR_MS * 0.6;
const LOGIN_AT_MS = HOUR_MS * 0.8;

const startApprole = (t: Test): Promise<VaultRig> => startRig(t, { auth: approleAuth });

/** Moves time to the point where something at `path` happens, and waits until the next thing is planned. */
async function advanceTo(rig: VaultRig, ms: number, path: string): Promise<void> {
  const count = rig.vault.count(path) + 1;
  await rig.clock.advance(ms);
  await rig.vault.seen(path, count);
  await until(() => rig.identityCalls.length === identityRequests(rig) && rig.clock.timers === 1);
}

const identityRequests = ({ vault }: VaultRig): number => vault.count('auth/');

test('fifty first reads share one login', async (t) => {
  const rig = await startRig(t, { auth: { ...approleAuth, secretId: 'wrong' } });
  rig.vault.approle.secretId = 'wrong';
  rig.vault.requests.length = 0;
  await rig.clock.advance(1_000);
  await Promise.all(Array.from({ length: 50 }, () => rig.get('app/db')));
  t.equal(rig.vault.count(LOGIN), 1);
  t.equal(rig.vault.count('secret/data/'), 50);
});

test('the token is renewed at two thirds of its lease, again and again, and stays the same', async (t) => {
  const rig = await startApprole(t);
  t.equal(rig.provider.status().identityExpiresInMs, HOUR_MS);
  await rig.clock.advance(RENEW_AT_MS - 1);
  t.equal(rig.vault.count(RENEW), 0, 'not before');
  await advanceTo(rig, 1, RENEW);
  t.equal(rig.provider.status().identityExpiresInMs, HOUR_MS);
  await advanceTo(rig, RENEW_AT_MS, RENEW);
  await rig.get('app/db');
  t.equal(rig.vault.count(LOGIN), 1);
  t.equal(rig.vault.requests.at(-1)?.token, 'login-token-1');
  t.same(rig.identityCalls, ['success', 'success', 'success']);
});

test('a token that cannot be renewed is replaced at 80 to 90 percent', async (t) => {
  const rig = await startApprole(t);
  rig.vault.loginToken = { ttl: 3600, renewable: false };
  rig.vault.renewTtl = undefined;
  await advanceTo(rig, RENEW_AT_MS, LOGIN);
  t.equal(rig.vault.count(RENEW), 1, 'the first was renewable');
  await rig.clock.advance(LOGIN_AT_MS - 1);
  t.equal(rig.vault.count(LOGIN), 2, 'not before');
  await advanceTo(rig, 1, LOGIN);
  t.equal(rig.vault.count(RENEW), 1, 'the second is not');
  await rig.get('app/db');
  t.equal(rig.vault.requests.at(-1)?.token, 'login-token-3');
});

test('a lease that stops growing is the last one', async (t) => {
  const rig = await startApprole(t);
  rig.vault.renewTtl = 600;
  await advanceTo(rig, RENEW_AT_MS, RENEW);
  t.equal(rig.provider.status().identityExpiresInMs, 600_000);
  await advanceTo(rig, 600_000 * 0.8, LOGIN);
  t.equal(rig.vault.count(RENEW), 1);
  t.equal(rig.vault.count(LOGIN), 2);
});

test('while the store is down the old token is kept and renewal is tried again', async (t) => {
  const rig = await startApprole(t);
  rig.vault.fault = ({ path }) =>
    path === RENEW ? { status: 503, text: '{"errors":["Vault is sealed"]}' } : undefined;
  await advanceTo(rig, RENEW_AT_MS, RENEW);
  await until(() => rig.clock.timers === 1);
  await rig.get('app/db');
  t.equal(rig.vault.requests.at(-1)?.token, 'login-token-1');
  rig.vault.fault = () => undefined;
  await advanceTo(rig, 1_000, RENEW);
  await until(() => (rig.provider.status().identityExpiresInMs ?? 0) > HOUR_MS * 0.9);
  t.equal(rig.vault.count(LOGIN), 1);
  t.ok(rig.log.messages('warn').some((line) => line.includes('could not be renewed')));
});

test('a login that the store refuses is not repeated by reads until the backoff or new credentials', async (t) => {
  const file = join(t.testdir(), 'secret-id');
  await writeFile(file, 'wrong\n');
  const rig = await startRig(t, { auth: { ...approleAuth, secretId: { file } } });
  t.equal(rig.vault.count(LOGIN), 1);
  for (let i = 0; i < 5; i++) await fails(t, rig.get('app/db'), 'AuthenticationError/InvalidCredentials');
  t.equal(rig.vault.count(LOGIN), 1, 'the store is spared');
  t.equal(rig.log.messages('error').length, 1, 'one line for one trouble');
  await advanceTo(rig, 1_000, LOGIN);
  t.equal(rig.vault.count(LOGIN), 2, 'tried again in the background');
  await writeFile(file, 'the-secret-id\n');
  t.equal(await rig.text('app/db'), '{"a":1}', 'a changed file counts at once');
  t.same(rig.log.messages('info'), ['the store works again']);
});

test('the backoff grows to five minutes', async (t) => {
  const rig = await startRig(t, { auth: { ...approleAuth, secretId: 'wrong' } });
  for (const seconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]) await advanceTo(rig, seconds * 1000, LOGIN);
  t.equal(rig.vault.count(LOGIN), 12);
});

test('a store that was down for a call is asked by the next one', async (t) => {
  const rig = await startApprole(t);
  rig.vault.fault = () => 'reset';
  rig.vault.tokens.clear();
  await fails(t, rig.get('app/db'), 'NetworkError/ConnectionFailed');
  rig.vault.fault = () => undefined;
  t.equal(await rig.text('app/db'), '{"a":1}');
});

test('a reader that leaves does not end the login of the others', async (t) => {
  const rig = await startApprole(t);
  rig.vault.tokens.clear();
  rig.vault.fault = ({ path }) => (path === LOGIN ? 'hang' : undefined);
  const abort = new AbortController();
  const location = rig.provider.locate('app/db', {});
  const left = rig.provider.get(location, { signal: abort.signal });
  const stays = rig.get('app/db');
  await rig.vault.seen(LOGIN, 2);
  abort.abort();
  await fails(t, left, 'NetworkError/Timeout');
  rig.vault.fault = () => undefined;
  const [error] = await Promise.all([fails(t, stays, 'NetworkError/Timeout'), rig.clock.advance(5_000)]);
  t.notMatch(error.message, '127.0.0.1');
  await rig.clock.advance(1_000);
  t.equal(await rig.text('app/db'), '{"a":1}');
});

test('a dead login token: one look-up, one new login, each call replayed once', async (t) => {
  const rig = await startApprole(t);
  rig.vault.tokens.clear();
  rig.vault.requests.length = 0;
  await Promise.all(Array.from({ length: 20 }, () => rig.get('app/db')));
  t.equal(rig.vault.count(LOOKUP), 1);
  t.equal(rig.vault.count(LOGIN), 1);
  t.equal(rig.vault.count('secret/data/'), 40);
});

test('a dead given token is an error of ours, told once, and a new one in the file heals it', async (t) => {
  const file = join(t.testdir(), 'token');
  await writeFile(file, 'first');
  const rig = await startRig(t, { auth: { method: 'token', token: { file } } });
  rig.vault.tokens.set('first', { ttl: 3600, renewable: true });
  await rig.clock.advance(1_000);
  await rig.get('app/db');
  rig.vault.tokens.delete('first');
  const error = await fails(t, rig.get('app/db'), 'AuthenticationError/ExpiredCredentials');
  t.notMatch(error.message, 'first');
  await writeFile(file, 'second');
  rig.vault.tokens.set('second', { ttl: 0, renewable: false });
  t.equal(await rig.text('app/db'), '{"a":1}');
  t.equal(rig.provider.status().identityExpiresInMs, undefined, 'no end');
});

for (const text of ['permission denied', '2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n'])
  test(`a dead token in the words '${text.slice(0, 8)}'`, async (t) => {
    const rig = await startApprole(t);
    rig.vault.fault = ({ token }) =>
      token === 'login-token-1' ? { status: 403, text: JSON.stringify({ errors: [text] }) } : undefined;
    t.equal(await rig.text('app/db'), '{"a":1}');
    t.equal(rig.vault.count(LOGIN), 2);
  });

test('a refusal is believed after a look-up and a second try 250 ms later', async (t) => {
  const rig = await startApprole(t);
  rig.vault.denied.add('app/db');
  const work = rig.get('app/db');
  await until(() => rig.identityCalls.length === 2 && rig.clock.timers === 2);
  await rig.clock.advance(249);
  t.equal(rig.vault.count('secret/data/'), 1);
  await rig.clock.advance(1);
  await fails(t, work, 'AccessError/AccessDenied');
  t.equal(rig.vault.count('secret/data/'), 2);
  t.equal(rig.vault.count(LOGIN), 1);
});

test('a refusal that is gone 250 ms later was none', async (t) => {
  const rig = await startApprole(t);
  rig.vault.denied.add('app/db');
  const work = rig.get('app/db');
  await until(() => rig.identityCalls.length === 2 && rig.clock.timers === 2);
  rig.vault.denied.clear();
  await rig.clock.advance(250);
  t.equal((await work).version, '1');
});

test('a token that may not look itself up works, and is refused what it may not read', async (t) => {
  const rig = await startRig(t);
  rig.vault.tokens.set('given-token', { ttl: 60, renewable: true, mayCareForItself: false });
  rig.vault.denied.add('app/db');
  const work = rig.get('app/db');
  await until(() => rig.identityCalls.length === 2 && rig.clock.timers === 1);
  await rig.clock.advance(250);
  await fails(t, work, 'AccessError/AccessDenied');
  await rig.provider.health({ signal: new AbortController().signal });
});

test('a login token is given back at the end, once', async (t) => {
  const rig = await startApprole(t);
  await Promise.all([rig.provider.close(), rig.provider.close()]);
  t.equal(rig.vault.count('auth/token/revoke-self'), 1);
  t.equal(rig.vault.tokens.has('login-token-1'), false);
  t.equal(rig.clock.timers, 0);
  await fails(t, rig.get('app/db'), 'NetworkError/ConnectionFailed');
});

test('a given token is never revoked, nor is any with revokeOnShutdown off', async (t) => {
  const given = await startRig(t);
  await given.provider.close();
  const kept = await startRig(t, { auth: approleAuth, revokeOnShutdown: false });
  await kept.provider.close();
  t.equal(given.vault.count('auth/token/revoke-self') + kept.vault.count('auth/token/revoke-self'), 0);
});

test('a store that hangs delays the end by five seconds at most', async (t) => {
  const rig = await startApprole(t);
  rig.vault.fault = () => 'hang';
  const closing = rig.provider.close();
  await rig.vault.seen('auth/token/revoke-self', 1);
  await rig.clock.advance(5_000);
  await closing;
  t.match(rig.log.messages('warn'), [/not given back/]);
});

test('without a token there is nothing to give back and nothing to warn of', async (t) => {
  const refused = await startRig(t, { auth: { ...approleAuth, secretId: 'wrong' } });
  await refused.provider.close();
  const failing = await startRig(t, { auth: { ...approleAuth, secretId: 'wrong' } });
  failing.vault.fault = ({ path }) => (path === LOGIN ? 'hang' : undefined);
  await failing.clock.advance(1_000);
  await failing.vault.seen(LOGIN, 2);
  const closing = failing.provider.close();
  await failing.clock.advance(5_000);
  await closing;
  for (const { log, vault } of [refused, failing]) {
    t.same(
      log.messages('warn').filter((line) => line.includes('given back')),
      [],
    );
    t.equal(vault.count('auth/token/revoke-self'), 0);
  }
});

/** An old token that is valid and a new login that is under way, held back at the store. */
async function startInRelogin(t: Test): Promise<VaultRig> {
  const rig = await startApprole(t);
  rig.vault.renewTtl = undefined;
  rig.vault.fault = ({ path }) => (path === LOGIN ? 'hang' : undefined);
  await rig.clock.advance(RENEW_AT_MS);
  await rig.vault.seen(LOGIN, 2);
  return rig;
}

test('a valid token is given back while a new login hangs', async (t) => {
  const rig = await startInRelogin(t);
  const closing = rig.provider.close();
  await rig.vault.seen('auth/token/revoke-self', 1);
  t.equal(rig.vault.tokens.has('login-token-1'), false, 'at once');
  await rig.clock.advance(5_000);
  await closing;
  t.same(
    rig.log.messages('warn').filter((line) => line.includes('given back')),
    [],
  );
});

test('a valid token is given back after a new login failed', async (t) => {
  const rig = await startApprole(t);
  rig.vault.renewTtl = undefined;
  rig.vault.approle.secretId = 'another';
  await advanceTo(rig, RENEW_AT_MS, LOGIN);
  await rig.provider.close();
  t.equal(rig.vault.tokens.has('login-token-1'), false);
});

test('a token with a line break inside is refused before it is sent', async (t) => {
  const rig = await startRig(t, { auth: { method: 'token', token: 'two\nlines' } });
  t.equal(rig.vault.requests.length, 0);
  await fails(t, rig.get('app/db'), 'AuthenticationError/InvalidCredentials');
  t.notMatch(rig.log.text(), 'lines');
});

test('while the store is down, reads do not start logins, and are told when to come again', async (t) => {
  const rig = await startApprole(t);
  rig.vault.tokens.clear();
  rig.vault.fault = ({ path }) =>
    path === LOGIN ? { status: 503, text: '{"errors":["Vault is sealed"]}' } : undefined;
  await Promise.all(Array.from({ length: 50 }, () => fails(t, rig.get('app/db'), 'ProviderError/ProviderUnavailable')));
  const error = await fails(t, rig.get('app/db'), 'ProviderError/ProviderUnavailable');
  t.equal(error.details.retryAfterMs, 1_000);
  t.equal(rig.vault.count(LOGIN), 2, 'the one of the start, and one for all');
  for (const seconds of [1, 2, 4, 8, 16, 30, 30]) await advanceTo(rig, seconds * 1000, LOGIN);
  t.equal(rig.vault.count(LOGIN), 9, 'in the background, every 30 s at most');
  rig.vault.fault = () => undefined;
  await advanceTo(rig, 30_000, LOGIN);
  t.equal(await rig.text('app/db'), '{"a":1}');
});

test('a store that limits logins says how long to wait', async (t) => {
  const rig = await startApprole(t);
  rig.vault.tokens.clear();
  rig.vault.fault = ({ path }) =>
    path === LOGIN
      ? { status: 429, text: '{"errors":["rate limit quota exceeded"]}', headers: { 'retry-after': '7' } }
      : undefined;
  t.equal((await fails(t, rig.get('app/db'), 'ProviderError/RateLimited')).details.retryAfterMs, 7_000);
  rig.vault.fault = () => undefined;
  await rig.clock.advance(6_999);
  await fails(t, rig.get('app/db'), 'ProviderError/RateLimited');
  await advanceTo(rig, 1, LOGIN);
  t.equal(await rig.text('app/db'), '{"a":1}');
});

test('tokens that die at once are not replaced time and again', async (t) => {
  const rig = await startApprole(t);
  rig.vault.fault = ({ path }) =>
    path === LOGIN ? undefined : { status: 403, text: '{"errors":["permission denied"]}' };
  for (let i = 0; i < 20; i++) await fails(t, rig.get('app/db'), 'AuthenticationError/ExpiredCredentials');
  t.equal(rig.vault.count(LOGIN), 2);
  rig.vault.fault = () => undefined;
  await advanceTo(rig, 1_000, LOGIN);
  t.equal(await rig.text('app/db'), '{"a":1}');
});

test('a token that may not renew itself is replaced near its end', async (t) => {
  const rig = await startApprole(t);
  rig.vault.tokens.set('login-token-1', { ttl: 3600, renewable: true, mayCareForItself: false });
  await advanceTo(rig, RENEW_AT_MS, RENEW);
  t.match(rig.log.messages('warn'), [/may not renew itself/]);
  t.equal(rig.vault.count(LOGIN), 1);
  await advanceTo(rig, (HOUR_MS - RENEW_AT_MS) * 0.8, LOGIN);
  t.equal(rig.vault.count(RENEW), 1);
  await rig.get('app/db');
  t.equal(rig.vault.requests.at(-1)?.token, 'login-token-2');
});

test('a token that is found dead at its renewal is replaced at once', async (t) => {
  const rig = await startApprole(t);
  rig.vault.tokens.clear();
  await advanceTo(rig, RENEW_AT_MS, LOGIN);
  t.equal(rig.vault.count(RENEW), 1);
  await rig.get('app/db');
  t.equal(rig.vault.count(LOOKUP), 0, 'no reader met it');
});

test('a token that was replaced while it was good is given back, too', async (t) => {
  const rig = await startApprole(t);
  rig.vault.renewTtl = undefined;
  await advanceTo(rig, RENEW_AT_MS, LOGIN);
  t.same([...rig.vault.tokens.keys()], ['given-token', 'login-token-1', 'login-token-2']);
  await rig.provider.close();
  t.same([...rig.vault.tokens.keys()], ['given-token']);
});

test('a token file that changes is noticed within a second, and the old token stays until the new one works', async (t) => {
  const file = join(t.testdir(), 'token');
  await writeFile(file, 'first');
  const rig = await startRig(t, { auth: { method: 'token', token: { file } } });
  rig.vault.tokens.set('first', { ttl: 0, renewable: false });
  await rig.clock.advance(1_000);
  await until(() => rig.identityCalls.includes('success'));
  const tokenOfRead = async (): Promise<string | undefined> => {
    await rig.get('app/db');
    return rig.vault.requests.at(-1)?.token;
  };
  await writeFile(file, 'second');
  const before = rig.vault.count(LOOKUP);
  await rig.clock.advance(1_000);
  await rig.vault.seen(LOOKUP, before + 1);
  t.equal(await tokenOfRead(), 'first', 'the new one is not known yet');
  rig.vault.tokens.set('second', { ttl: 0, renewable: false });
  await until(() => rig.clock.timers === 2);
  await rig.clock.advance(1_000);
  await rig.vault.seen(LOOKUP, before + 2);
  await until(() => rig.identityCalls.at(-1) === 'success');
  t.equal(await tokenOfRead(), 'second');
});
