import { test } from 'tap';
import { faults, startFakeVault, type Fault } from '../../fakes/fake-vault.ts';
import { refusal } from '../../fakes/fake-vault-kv.ts';
import { approleAuth, fails, startRig, until, VaultRig } from './vault-rig.ts';

const UNAVAILABLE = 'ProviderError/ProviderUnavailable';

// What the answer to a read means. `isLogged`: the operator is told with an error line.
const answers: Readonly<
  Record<string, { readonly fault: Fault; readonly error: string; readonly isLogged?: boolean }>
> = {
  sealed: { fault: faults.sealed, error: UNAVAILABLE },
  'sealed namespace': { fault: () => refusal(503, 'namespace is sealed'), error: UNAVAILABLE },
  standby: { fault: faults.standby, error: UNAVAILABLE },
  'standby that redirects': { fault: faults.redirect, error: UNAVAILABLE },
  'no such mount': {
    fault: () => refusal(404, 'no handler for route "x/data/y". route entry not found.'),
    error: UNAVAILABLE,
  },
  'no such namespace': { fault: () => refusal(404, 'namespace not found'), error: UNAVAILABLE },
  'mount of another kind': { fault: () => refusal(404, 'unsupported path'), error: UNAVAILABLE },
  'proxy 403': { fault: faults.proxy(403), error: UNAVAILABLE },
  'proxy 404': { fault: faults.proxy(404), error: UNAVAILABLE },
  'proxy 200': { fault: faults.proxy(200), error: UNAVAILABLE },
  'proxy 404 in JSON': {
    fault: () => ({ status: 404, text: '{"message":"no route"}' }),
    error: UNAVAILABLE,
  },
  'disaster recovery secondary': {
    fault: () => refusal(400, 'path disabled in replication DR secondary mode'),
    error: UNAVAILABLE,
  },
  'API locked': {
    fault: () => refusal(503, 'API access to this namespace has been locked by an administrator'),
    error: UNAVAILABLE,
  },
  throttled: { fault: faults.throttled, error: 'ProviderError/RateLimited' },
  'lease quota': {
    fault: () => refusal(429, 'request path "x": lease count quota exceeded'),
    error: 'ProviderError/QuotaExceeded',
  },
  'failed inside': { fault: faults.inside, error: 'ProviderError/InternalError', isLogged: true },
  'bad path': { fault: () => ({ status: 400, text: '' }), error: 'ConfigurationError/InvalidPathPattern' },
  'no such operation': {
    fault: () => refusal(405, 'unsupported operation'),
    error: 'ConfigurationError/InvalidProvider',
    isLogged: true,
  },
  'not KV 2': {
    fault: () => ({ status: 200, text: '{"request_id":"1","data":{"a":"b"}}' }),
    error: 'ConfigurationError/InvalidProvider',
  },
  'v1 path on a v2 mount': {
    fault: () => ({
      status: 404,
      text: '{"request_id":"1","data":null,"warnings":["Invalid path for a versioned K/V secrets engine. See"]}',
    }),
    error: 'ConfigurationError/InvalidPathPattern',
  },
};

for (const [name, { fault, error, isLogged = false }] of Object.entries(answers))
  test(`a read is answered: ${name}`, async (t) => {
    const rig = await startRig(t);
    rig.vault.fault = fault;
    const found = await fails(t, rig.get('app/db'), error);
    t.match(found.message, /^[^A-Z].*[^.]$/);
    t.notMatch(found.message, /given-token|http:|127\.0\.0\.1/);
    t.equal(rig.log.messages('error').length > 0, isLogged || error === UNAVAILABLE, 'an error line');
    t.notMatch(rig.log.text(), /given-token|http:|127\.0\.0\.1/);
  });

test('Retry-After is passed on', async (t) => {
  const rig = await startRig(t);
  rig.vault.fault = faults.throttled;
  const error = await fails(t, rig.get('app/db'), 'ProviderError/RateLimited');
  t.equal(error.details.retryAfterMs, 7_000);
  t.ok(error.retryable);
});

test('the same trouble is told once, and its end too', async (t) => {
  const rig = await startRig(t);
  rig.vault.fault = faults.sealed;
  for (let i = 0; i < 3; i++) await fails(t, rig.get('app/db'), UNAVAILABLE);
  rig.vault.fault = () => undefined;
  await rig.get('app/db');
  rig.vault.fault = faults.sealed;
  await fails(t, rig.get('app/db'), UNAVAILABLE);
  t.match(rig.log.messages('error'), [/^the store is sealed/, /^the store is sealed/]);
  t.equal(rig.log.messages('error').length, 2);
  t.same(rig.log.messages('info'), ['the store works again']);
});

test('a proxy that refuses does not kill the token', async (t) => {
  const rig = await startRig(t, { auth: approleAuth });
  rig.vault.fault = faults.proxy(403);
  await fails(t, rig.get('app/db'), UNAVAILABLE);
  t.equal(rig.vault.count('auth/token/lookup-self'), 0);
  t.equal(rig.vault.count('auth/approle/login'), 1);
});

const logins: Readonly<Record<string, { readonly fault: Fault; readonly error: string }>> = {
  sealed: { fault: faults.sealed, error: UNAVAILABLE },
  'no such login mount': {
    fault: () => refusal(404, 'no handler for route "auth/approle/login". route entry not found.'),
    error: UNAVAILABLE,
  },
  'wrong secret id': {
    fault: () => refusal(400, 'invalid role or secret ID'),
    error: 'AuthenticationError/InvalidCredentials',
  },
  'address not allowed': {
    fault: () => refusal(403, 'permission denied'),
    error: 'AuthenticationError/InvalidCredentials',
  },
  'second factor': {
    fault: () => ({ status: 200, text: '{"request_id":"1","auth":{"client_token":"","mfa_requirement":{}}}' }),
    error: 'AuthenticationError/InvalidCredentials',
  },
  throttled: { fault: faults.throttled, error: 'ProviderError/RateLimited' },
  cut: { fault: () => 'reset', error: 'NetworkError/ConnectionFailed' },
};

for (const [name, { fault, error }] of Object.entries(logins))
  test(`a login is answered: ${name}`, async (t) => {
    const rig = await startRig(t, { auth: approleAuth });
    rig.vault.tokens.clear();
    rig.vault.fault = (request) => (request.path === 'auth/approle/login' ? fault(request) : undefined);
    await fails(t, rig.get('app/db'), error);
    t.equal(rig.identityCalls.at(-1), error.split('/')[1]);
    t.not(rig.log.messages('error').length + rig.log.messages('warn').length, 0, 'the operator is told');
    t.notMatch(rig.log.text(), /the-secret-id|login-token/);
  });

test('a store that is sealed at the start is logged, and asked again', async (t) => {
  const vault = await startFakeVault({ secrets: { 'app/db': '{"a":1}' } });
  vault.fault = faults.sealed;
  const rig = new VaultRig(vault, { auth: approleAuth });
  t.teardown(async () => {
    await rig.provider.close();
    await vault.close();
  });
  await rig.provider.start(() => undefined);
  t.match(rig.log.messages('error'), [/^the store is sealed/]);
  vault.fault = () => undefined;
  await rig.clock.advance(1_000);
  await until(() => rig.identityCalls.includes('success'));
  t.equal(await rig.text('app/db'), '{"a":1}');
  t.equal(vault.count('auth/approle/login'), 2);
});
