import { readFileSync } from 'node:fs';
import t, { test } from 'tap';
import { ClientCertificateCredential, WorkloadIdentityCredential } from '@azure/identity';
import type { TokenCredential } from '@azure/identity';
import { systemClock } from '../../../src/core/clock.ts';
import { CLIENT, type FakeAzure, OTHER_TENANT, TENANT } from '../../fakes/fake-azure.ts';
import { failure } from '../../fakes/fake-azure-vault.ts';
import { createRig, makeServerCertificate } from './azure-rig.ts';
import { makeRsaPem, signFederatedToken, trustCertificate, trustIssuer } from '../../credentials/azure/applications.ts';
import { keyfobSide, outcomeOf, sdkCredential, sdkSide, type Side, trust } from './sdk-judge.ts';

/** One question to the same store by the official client and by Keyfob. */
interface Row {
  readonly arrange?: (azure: FakeAzure) => void | Promise<void>;
  readonly ask: (side: Side, azure: FakeAzure) => Promise<object>;
  /** How both fail, each in its own words; left out when both answer, and then alike. */
  readonly fails?: readonly [sdk: string, keyfob: string];
  /** Who logs in, where that is not the usual application. */
  readonly auth?: Readonly<Record<string, unknown>>;
  readonly credential?: (azure: FakeAzure) => TokenCredential;
  readonly isVerified?: boolean;
}

const DENIED = '403 Forbidden';
const files = await makeServerCertificate(t);
const rsaFile = await makeRsaPem(t);
trust(files);

const seed =
  (...values: readonly string[]) =>
  (azure: FakeAzure): void => {
    for (const value of values) azure.vault.secrets.set('app--db', value);
  };
const get = (side: Side): Promise<object> => side.get('app--db');
const nth = async (azure: Side, index: number): Promise<string> => {
  const rows = await azure.versions('app--db');
  return String(Reflect.get(rows[index] ?? {}, 'version'));
};

const reading: Readonly<Record<string, Row>> = {
  'the newest of three': { arrange: seed('1', '2', '3'), ask: get },
  'a JSON document, as it is written': { arrange: seed('{"n": 1.0, "big":9007199254740993}'), ask: get },
  'white space and line ends': { arrange: seed(' a\r\n\tb \n'), ask: get },
  'other scripts': { arrange: seed('żółć 🔑 中文 \u2028 <&>'), ask: get },
  'quotes and escapes': { arrange: seed(String.raw`"a\"b\u0000\\`), ask: get },
  'a text of 25 KB': { arrange: seed('x'.repeat(25 * 1024)), ask: get },
  'the name in capitals': { arrange: seed('1'), ask: (side) => side.get('APP--DB') },
  'a secret created in capitals': {
    arrange: ({ vault }) => void vault.secrets.set('Shop-Key', '1'),
    ask: (side) => side.get('shop-key'),
  },
  'tags and a content type': {
    arrange: ({ vault }) =>
      void vault.secrets.set('app--db', '1', { tags: { team: 'shop', x: '' }, contentType: 'note' }),
    ask: get,
  },
  'an older version by its id': {
    arrange: seed('1', '2'),
    ask: async (side) => side.get('app--db', await nth(side, 1)),
  },
  'a version by its id in capitals': {
    arrange: seed('1', '2'),
    ask: async (side) => side.get('app--db', (await nth(side, 1)).toUpperCase()),
  },
  'an expired one': { arrange: ({ vault }) => void vault.secrets.set('app--db', '1', { exp: 1_000_000 }), ask: get },
  'one that is not valid yet': {
    arrange: ({ vault }) => void vault.secrets.set('app--db', '1', { nbf: 4_000_000_000 }),
    ask: get,
  },
  'the newest, not valid yet, and no older one': {
    arrange: ({ vault }) => {
      vault.secrets.set('app--db', 'old');
      vault.secrets.set('app--db', 'new', { nbf: 4_000_000_000 });
    },
    ask: get,
  },
  'a certificate as PKCS #12': {
    arrange: ({ vault }) =>
      void vault.secrets.set('app--db', 'MIIKYgIBAzCCCh4G', {
        contentType: 'application/x-pkcs12',
        managed: true,
        kid: `${vault.url}/keys/app--db/${'0'.repeat(32)}`,
      }),
    ask: get,
  },
  'a certificate as PEM': {
    arrange: ({ vault }) =>
      void vault.secrets.set('app--db', '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n', {
        contentType: 'application/x-pem-file',
        managed: true,
      }),
    ask: get,
  },
};

const missing: Readonly<Record<string, Row>> = {
  'a missing secret': { ask: get, fails: ['404 SecretNotFound', 'SecretNotFoundError/SecretDoesNotExist'] },
  'a missing version': {
    arrange: seed('1'),
    ask: (side) => side.get('app--db', 'f'.repeat(32)),
    fails: ['404 SecretNotFound', 'SecretNotFoundError/VersionNotFound'],
  },
  'a version of a missing secret': {
    ask: (side) => side.get('app--db', 'f'.repeat(32)),
    fails: ['404 SecretNotFound', 'SecretNotFoundError/SecretDoesNotExist'],
  },
  'a deleted secret': {
    arrange: (azure) => {
      seed('1')(azure);
      azure.vault.secrets.delete('app--db');
    },
    ask: get,
    fails: ['404 SecretNotFound', 'SecretNotFoundError/SecretDoesNotExist'],
  },
  'a name that no secret can have': {
    ask: (side) => side.get('a_b'),
    fails: ['400 BadParameter', 'RequestError/InvalidPath'],
  },
  'a name that is too long': {
    ask: (side) => side.get('a'.repeat(128)),
    fails: ['400 BadParameter', 'RequestError/InvalidPath'],
  },
  'a version id that no version can have': {
    arrange: seed('1'),
    ask: (side) => side.get('app--db', 'latest'),
    fails: ['400 BadParameter', 'RequestError/InvalidParameter'],
  },
  'the newest is disabled': {
    arrange: (azure) => {
      seed('1', '2')(azure);
      azure.vault.secrets.setEnabled('app--db', 2, false);
    },
    ask: get,
    fails: [`${DENIED} SecretDisabled`, 'SecretNotFoundError/VersionNotFound'],
  },
  'an older one that is disabled': {
    arrange: (azure) => {
      seed('1', '2')(azure);
      azure.vault.secrets.setEnabled('app--db', 1, false);
    },
    ask: async (side) => side.get('app--db', await nth(side, 1)),
    fails: [`${DENIED} SecretDisabled`, 'SecretNotFoundError/VersionNotFound'],
  },
  'an enabled one below a disabled one': {
    arrange: (azure) => {
      seed('1', '2')(azure);
      azure.vault.secrets.setEnabled('app--db', 2, false);
    },
    ask: async (side) => side.get('app--db', await nth(side, 1)),
  },
};

const listing: Readonly<Record<string, Row>> = {
  'an empty vault': { ask: (side) => side.list() },
  'sixty secrets in pages': {
    arrange: ({ vault }) => {
      for (let n = 0; n < 60; n++) vault.secrets.set(`app--${n}`, String(n), { tags: { n: String(n) } });
    },
    ask: (side) => side.list(),
  },
  'pages that are empty': {
    arrange: ({ vault }) => {
      vault.hasEmptyPages = true;
      for (let n = 0; n < 30; n++) vault.secrets.set(`App--${n}`, String(n));
    },
    ask: (side) => side.list(),
  },
  'deleted ones left out, disabled ones not': {
    arrange: ({ vault }) => {
      for (const name of ['a', 'b', 'c']) vault.secrets.set(name, '1', { contentType: name });
      vault.secrets.delete('b');
      vault.secrets.setEnabled('c', 1, false);
    },
    ask: (side) => side.list(),
  },
  'thirty versions': {
    arrange: seed(...Array.from({ length: 30 }, (_, n) => String(n))),
    ask: (side) => side.versions('app--db'),
  },
  'versions that are disabled': {
    arrange: (azure) => {
      seed('1', '2', '3')(azure);
      azure.vault.secrets.setEnabled('app--db', 2, false);
    },
    ask: (side) => side.versions('app--db'),
  },
};

const refusing: Readonly<Record<string, Row>> = {
  'no role': {
    arrange: ({ vault }) => void vault.denied.add('app--db'),
    ask: get,
    fails: [`${DENIED} ForbiddenByRbac`, 'AccessError/AccessDenied'],
  },
  'no access policy': {
    arrange: ({ vault }) => {
      vault.mayGet = false;
      vault.refusal = 'ForbiddenByPolicy';
    },
    ask: get,
    fails: [`${DENIED} ForbiddenByPolicy`, 'AccessError/ResourcePolicyDenied'],
  },
  // Of a list the official client does not keep the inner code.
  'no leave to list': {
    arrange: ({ vault }) => void (vault.mayList = false),
    ask: (side) => side.list(),
    fails: [DENIED, 'AccessError/AccessDenied'],
  },
  'no leave to list versions': {
    arrange: ({ vault }) => void (vault.mayList = false),
    ask: (side) => side.versions('app--db'),
    fails: [DENIED, 'AccessError/AccessDenied'],
  },
  'the firewall': {
    arrange: ({ vault }) => void (vault.network = 'ForbiddenByFirewall'),
    ask: get,
    fails: [`${DENIED} ForbiddenByFirewall`, 'ProviderError/ProviderUnavailable'],
  },
  'no public network': {
    arrange: ({ vault }) => void (vault.network = 'ForbiddenByConnection'),
    ask: get,
    fails: [`${DENIED} ForbiddenByConnection`, 'ProviderError/ProviderUnavailable'],
  },
  throttled: {
    arrange: ({ vault }) =>
      void (vault.server.fault = () => ({
        ...failure(429, 'Throttled', 'slow down'),
        headers: { 'retry-after': '7' },
      })),
    ask: get,
    fails: ['429 Throttled', 'ProviderError/RateLimited'],
  },
  'out of service': {
    arrange: ({ vault }) => void (vault.server.fault = () => failure(503, 'ServiceUnavailable', 'later')),
    ask: get,
    fails: ['503 ServiceUnavailable', 'ProviderError/ProviderUnavailable'],
  },
  'failed inside': {
    arrange: ({ vault }) => void (vault.server.fault = () => failure(500, 'InternalServerError', 'oops')),
    ask: get,
    fails: ['500 InternalServerError', 'ProviderError/InternalError'],
  },
  'the page of a proxy': {
    arrange: ({ vault }) => void (vault.server.fault = () => ({ status: 403, body: '<html>no</html>' })),
    ask: get,
    fails: ['403', 'ProviderError/ProviderUnavailable'],
  },
  'a cut connection': {
    arrange: ({ vault }) => void (vault.server.fault = () => 'reset'),
    ask: get,
    fails: ['RestError ECONNRESET', 'NetworkError/ConnectionFailed'],
  },
  'a challenge of another domain': {
    isVerified: true,
    arrange: seed('1'),
    ask: get,
    fails: ['Error', 'ProviderError/ProviderUnavailable'],
  },
};

const application = { method: 'client-secret', tenantId: TENANT, clientId: CLIENT, clientSecret: 'wrong' };
const UNKNOWN_TENANT = 'nowhere.onmicrosoft.com';

const loggingIn: Readonly<Record<string, Row>> = {
  'a wrong client secret': {
    ask: get,
    auth: application,
    credential: (azure) => sdkCredential(azure, { clientSecret: 'wrong' }),
    fails: ['AuthenticationRequiredError AADSTS7000215', 'AuthenticationError/InvalidCredentials'],
  },
  'an expired client secret': {
    arrange: ({ entra }) => void entra.application(CLIENT).secrets.set('old', 'expired'),
    ask: get,
    auth: { ...application, clientSecret: 'old' },
    credential: (azure) => sdkCredential(azure, { clientSecret: 'old' }),
    fails: ['AuthenticationRequiredError AADSTS7000222', 'AuthenticationError/ExpiredCredentials'],
  },
  'an unknown application': {
    ask: get,
    auth: { ...application, clientId: OTHER_TENANT },
    credential: (azure) => sdkCredential(azure, { clientId: OTHER_TENANT }),
    fails: ['AuthenticationRequiredError AADSTS700016', 'AuthenticationError/InvalidCredentials'],
  },
  'another tenant than the vault': {
    ask: get,
    auth: { ...application, tenantId: OTHER_TENANT },
    credential: (azure) => sdkCredential(azure, { tenantId: OTHER_TENANT }),
    fails: ['CredentialUnavailableError', 'AuthenticationError/InvalidCredentials'],
  },
  'a tenant that does not exist': {
    ask: get,
    auth: { ...application, tenantId: UNKNOWN_TENANT },
    credential: (azure) => sdkCredential(azure, { tenantId: UNKNOWN_TENANT }),
    fails: ['CredentialUnavailableError', 'AuthenticationError/InvalidCredentials'],
  },
  'Entra is out of service': {
    arrange: ({ entra }) => void (entra.server.fault = () => ({ status: 503, body: '<html>later</html>' })),
    ask: get,
    fails: ['CredentialUnavailableError', 'ProviderError/ProviderUnavailable'],
  },
  'a client certificate': {
    arrange: (azure) => {
      trustCertificate(azure, rsaFile);
      seed('1')(azure);
    },
    ask: get,
    auth: { method: 'client-certificate', tenantId: TENANT, clientId: CLIENT, certificate: { file: rsaFile } },
    credential: ({ entra }) =>
      new ClientCertificateCredential(TENANT, CLIENT, rsaFile, {
        authorityHost: entra.origin,
        disableInstanceDiscovery: true,
      }),
  },
  'a certificate of another application': {
    ask: get,
    auth: { method: 'client-certificate', tenantId: TENANT, clientId: CLIENT, certificate: { file: rsaFile } },
    credential: ({ entra }) =>
      new ClientCertificateCredential(
        TENANT,
        CLIENT,
        { certificate: readFileSync(rsaFile, 'utf8') },
        {
          authorityHost: entra.origin,
          disableInstanceDiscovery: true,
        },
      ),
    fails: ['AuthenticationRequiredError AADSTS700027', 'AuthenticationError/InvalidCredentials'],
  },
};

const tokenFile = await signFederatedToken(t, {});
const strangeFile = await signFederatedToken(t, { subject: 'system:serviceaccount:other:web' });
const workload = (file: string): Pick<Row, 'auth' | 'credential'> => ({
  auth: { method: 'workload-identity', tenantId: TENANT, clientId: CLIENT, tokenFile: file },
  credential: ({ entra }) =>
    new WorkloadIdentityCredential({
      tenantId: TENANT,
      clientId: CLIENT,
      tokenFilePath: file,
      authorityHost: entra.origin,
      disableInstanceDiscovery: true,
    }),
});

const federated: Readonly<Record<string, Row>> = {
  'workload identity': {
    arrange: (azure) => {
      trustIssuer(azure);
      seed('1')(azure);
    },
    ask: get,
    ...workload(tokenFile),
  },
  'workload identity of another service account': {
    arrange: trustIssuer,
    ask: get,
    ...workload(strangeFile),
    fails: ['AuthenticationRequiredError AADSTS700213', 'AuthenticationError/InvalidCredentials'],
  },
  'a token that was taken back under way': {
    arrange: seed('1'),
    ask: async (side, { vault }) => {
      vault.claims = undefined;
      await get(side);
      vault.claims = '1767225600';
      return get(side);
    },
  },
};

const rows = Object.entries({ ...reading, ...missing, ...listing, ...refusing, ...loggingIn, ...federated });
for (const [name, row] of rows)
  test(`the official client and Keyfob: ${name}`, async (t) => {
    const { isVerified = false, auth } = row;
    const options = { verifyChallenge: isVerified, ...(auth && { auth }) };
    const { azure, provider } = await createRig(t, { files, options, clock: systemClock });
    await row.arrange?.(azure);
    const credential = row.credential?.(azure) ?? sdkCredential(azure, {});
    const sdk = await outcomeOf(() => row.ask(sdkSide(azure.vault.url, credential, isVerified), azure));
    const keyfob = await outcomeOf(() => row.ask(keyfobSide(provider), azure));
    if (row.fails === undefined) {
      t.ok('answer' in sdk, 'the official client has an answer', { sdk });
      t.same(keyfob, sdk);
    } else {
      t.same({ sdk, keyfob }, { sdk: { error: row.fails[0] }, keyfob: { error: row.fails[1] } });
    }
  });

t.ok(rows.length >= 30, `${rows.length} rows`);
