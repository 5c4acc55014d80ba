import { test } from 'tap';
import { systemClock } from '../../../src/core/clock.ts';
import { ConfigurationError } from '../../../src/core/errors/configuration-error.ts';
import { checkOptions, parseOptions } from '../../../src/providers/vault/options.ts';
import { vaultProvider } from '../../../src/providers/vault/provider.ts';
import { RecordingLog } from '../../contract/recording-log.ts';
import { VaultRig } from './vault-rig.ts';
import { startFakeVault } from '../../fakes/fake-vault.ts';

const base = { mount: 'secret', revokeOnShutdown: true, insecure: false };
const token = { method: 'token', token: { env: 'T' } };
const address = 'https://vault.example:8200';

const wrong: Readonly<Record<string, { readonly options: object; readonly key: string; readonly message: RegExp }>> = {
  'no address': { options: { auth: token }, key: 'address', message: /VAULT_ADDR/ },
  'no URL': { options: { address: 'vault:8200', auth: token }, key: 'address', message: /https/ },
  'plain http': { options: { address: 'http://vault.example', auth: token }, key: 'address', message: /insecure/ },
  'user in the address': {
    options: { address: 'https://u:p@vault', auth: token },
    key: 'address',
    message: /password/,
  },
  'query in the address': { options: { address: 'https://vault?a=b', auth: token }, key: 'address', message: /query/ },
  'empty mount': { options: { address, mount: '/', auth: token }, key: 'mount', message: /mount/ },
  'climbing mount': { options: { address, mount: 'a/../sys', auth: token }, key: 'mount', message: /mount/ },
  'a pattern of rotate that cannot be followed': {
    options: { address, auth: token, rotate: { 'db/*': 'database/rotate-role/*', 'a//b': 'c' } },
    key: 'rotate',
    message: /'a\/\/b'/,
  },
  'half a certificate': { options: { address, auth: token, tls: { cert: 'c.pem' } }, key: 'tls', message: /both/ },
  'token without token': { options: { address, auth: { method: 'token' } }, key: 'auth', message: /'token'/ },
  'approle without secret id': {
    options: { address, auth: { method: 'approle', roleId: 'r' } },
    key: 'auth',
    message: /'secretId'/,
  },
  'token with a role id': {
    options: { address, auth: { ...token, roleId: 'r' } },
    key: 'auth.roleId',
    message: /not used/,
  },
  'token with a mount': {
    options: { address, auth: { ...token, mount: 'm' } },
    key: 'auth.mount',
    message: /not used/,
  },
};

for (const [name, { options, key, message }] of Object.entries(wrong))
  test(`wrong options: ${name}`, (t) => {
    delete process.env['VAULT_ADDR'];
    const problems = checkOptions({ ...base, ...options });
    t.equal(problems.length, 1);
    t.equal(problems[0]?.key, key);
    t.match(problems[0]?.message, message);
    t.throws(() => parseOptions({ ...base, ...options }), ConfigurationError);
    t.end();
  });

test('options with their defaults', (t) => {
  process.env['VAULT_ADDR'] = 'https://vault.example/prefix/';
  t.teardown(() => delete process.env['VAULT_ADDR']);
  const auth = { method: 'approle', roleId: 'r', secretId: { file: '/s' } };
  t.same(checkOptions({ ...base, auth }), []);
  const { endpoint, ...rest } = parseOptions({ ...base, mount: '/kv/team/', namespace: 'a/b/', auth });
  t.equal(endpoint.href, 'https://vault.example/prefix');
  t.same(rest, {
    mount: 'kv/team',
    namespace: 'a/b',
    leased: [],
    rotate: [],
    auth: { ...auth, mount: 'approle' },
    revokeOnShutdown: true,
    tls: {},
  });
  t.end();
});

test('the version of the engine, leased paths and rotation', (t) => {
  const auth = { method: 'token', token: { env: 'T' } };
  const rotate = { 'db/static/*': 'database/rotate-role/*' };
  const options = parseOptions({ ...base, address, auth, kvVersion: 1, leased: ['database/creds/**'], rotate });
  t.equal(options.kvVersion, 1);
  t.equal(
    options.leased.some((pattern) => pattern.matches('database/creds/team/app')),
    true,
  );
  t.equal(options.rotate.length, 1);
  t.end();
});

test('plain http to another host warns at each start', async (t) => {
  const log = new RecordingLog();
  const provider = vaultProvider.create(
    'vault',
    { ...base, address: 'http://keyfob.invalid', insecure: true, auth: { method: 'token', token: { env: 'NOT_SET' } } },
    { clock: systemClock, log, recordIdentityCall: () => undefined },
  );
  t.teardown(() => provider.close());
  await provider.start(() => undefined);
  t.match(log.messages('warn'), [/'insecure' is on/]);
  t.match(log.messages('error'), [/'NOT_SET' is missing/]);
});

test('a TLS file that is not there stops the start', async (t) => {
  const vault = await startFakeVault();
  t.teardown(() => vault.close());
  const rig = new VaultRig(vault, { auth: token, tls: { ca: '/nowhere/ca.pem' } });
  t.teardown(() => rig.provider.close());
  await t.rejects(
    rig.provider.start(() => undefined),
    { category: 'ConfigurationError', message: /'tls\.ca'/ },
  );
});
