import { test } from 'tap';
import { Ajv } from 'ajv';
import { ConfigurationError } from '../../../src/core/errors/configuration-error.ts';
import { azureSchema, checkOptions, parseOptions } from '../../../src/providers/azure/options.ts';

for (const name of ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_FEDERATED_TOKEN_FILE', 'AZURE_AUTHORITY_HOST'])
  delete process.env[name];

const base = {
  vaultUrl: 'https://shop.vault.azure.net',
  auth: { method: 'chain' },
  verifyChallenge: true,
  enforceExpiry: false,
  insecure: false,
};
const application = { tenantId: 'shop.onmicrosoft.com', clientId: 'c' };
const secret = { method: 'client-secret', ...application, clientSecret: { env: 'S' } };

const wrong: Readonly<Record<string, readonly [options: object, key: string, message: RegExp]>> = {
  'no URL': [{ vaultUrl: 'shop' }, 'vaultUrl', /https/],
  'plain http': [{ vaultUrl: 'http://shop.vault.azure.net' }, 'vaultUrl', /insecure/],
  'a secret in the address': [{ vaultUrl: 'https://shop.vault.azure.net/secrets/a' }, 'vaultUrl', /path/],
  'a query in the address': [{ vaultUrl: 'https://shop.vault.azure.net?a=b' }, 'vaultUrl', /query/],
  'plain http to the login': [{ authorityHost: 'http://login.example' }, 'authorityHost', /insecure/],
  'half a certificate': [{ tls: { cert: 'c' } }, 'tls', /both/],
  'a secret that is missing': [
    { auth: { method: 'client-secret', ...application } },
    'auth',
    /needs 'clientSecret' with/,
  ],
  'a tenant that is missing': [
    { auth: { method: 'client-secret', clientId: 'c', clientSecret: 's' } },
    'auth',
    /needs 'tenantId', or 'AZURE_TENANT_ID' in the environment, with/,
  ],
  'a tenant that is none': [{ auth: { ...secret, tenantId: '..' } }, 'auth.tenantId', /must be the id or a domain/],
  'a secret for the chain': [{ auth: { method: 'chain', clientSecret: 's' } }, 'auth.clientSecret', /not used/],
  'a tenant for a machine': [{ auth: { method: 'managed-identity', tenantId: 't' } }, 'auth.tenantId', /not used/],
  'two names of an identity': [
    { auth: { method: 'managed-identity', clientId: 'c', objectId: 'o' } },
    'auth',
    /one of 'clientId', 'objectId' and 'resourceId'/,
  ],
  'an algorithm for a secret': [{ auth: { ...secret, algorithm: 'RS256' } }, 'auth.algorithm', /not used/],
};
for (const [name, [options, key, message]] of Object.entries(wrong))
  test(`wrong options: ${name}`, (t) => {
    const problems = checkOptions({ ...base, ...options });
    t.equal(problems.length, 1, JSON.stringify(problems));
    t.equal(problems[0]?.key, key);
    t.match(problems[0]?.message, message);
    t.throws(() => parseOptions({ ...base, ...options }), ConfigurationError);
    t.end();
  });

test('the defaults of the schema', (t) => {
  const ajv = new Ajv({ useDefaults: true, strict: false });
  const validate = ajv.compile({ ...azureSchema, type: 'object', additionalProperties: false });
  const options = { vaultUrl: 'https://shop.vault.azure.net' };
  t.ok(validate(options), JSON.stringify(validate.errors));
  t.same(options, base);
  const { vault, authority, ...rest } = parseOptions(options);
  t.equal(vault.href, 'https://shop.vault.azure.net/');
  t.equal(authority.href, 'https://login.microsoftonline.com/');
  t.same(rest, { auth: { method: 'chain' }, verifyChallenge: true, enforceExpiry: false, tls: {} });
  t.notOk(validate({ ...options, auth: { method: 'token' } }));
  t.notOk(validate({ ...options, auth: { tenantId: 'a/b' } }));
  t.end();
});

test('each method with what it needs', (t) => {
  const authOf = (auth: object): object => parseOptions({ ...base, auth }).auth;
  t.same(authOf(secret), secret);
  const certificate = { method: 'client-certificate', ...application, certificate: { file: '/c.pem' } };
  t.same(authOf(certificate), { ...certificate, algorithm: 'PS256', sendChain: false });
  const full = { ...certificate, password: 'p', algorithm: 'RS256', sendChain: true };
  t.same(authOf(full), full);
  t.same(authOf({ method: 'managed-identity' }), { method: 'managed-identity' });
  t.same(authOf({ method: 'managed-identity', resourceId: '/s' }), { method: 'managed-identity', resourceId: '/s' });
  t.end();
});

test('a pod with workload identity needs no more than the method', (t) => {
  const env = { AZURE_TENANT_ID: 't', AZURE_CLIENT_ID: 'c', AZURE_FEDERATED_TOKEN_FILE: '/token' };
  Object.assign(process.env, env);
  t.teardown(() => {
    for (const name of Object.keys(env)) delete process.env[name];
  });
  const auth = { method: 'workload-identity', tenantId: 't', clientId: 'c', tokenFile: '/token' };
  t.same(parseOptions({ ...base, auth: { method: 'workload-identity' } }).auth, auth);
  t.same(parseOptions({ ...base, auth: { ...auth, clientId: 'own' } }).auth, { ...auth, clientId: 'own' });
  t.same(parseOptions({ ...base, auth: { method: 'managed-identity' } }).auth, { method: 'managed-identity' });
  t.end();
});

test('national clouds', (t) => {
  const authority = (vaultUrl: string): string => parseOptions({ ...base, vaultUrl }).authority.host;
  t.equal(authority('https://shop.vault.azure.cn'), 'login.chinacloudapi.cn');
  t.equal(authority('https://shop.vault.usgovcloudapi.net/'), 'login.microsoftonline.us');
  t.equal(parseOptions({ ...base, authorityHost: 'https://login.example/' }).authority.host, 'login.example');
  t.end();
});
