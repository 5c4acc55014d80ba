import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import t, { test } from 'tap';
import { systemClock } from '../../../src/core/clock.ts';
import { defaultAuthority } from '../../../src/credentials/azure/authority.ts';
import { createDefaultChain } from '../../../src/credentials/azure/default-chain.ts';
import type { Environment } from '../../../src/core/environment.ts';
import { createHttpClient } from '../../../src/transport/http-client.ts';
import { RecordingLog } from '../../contract/recording-log.ts';
import { CLIENT, CLIENT_SECRET, type FakeAzure, OTHER_TENANT, startFakeAzure, TENANT } from '../../fakes/fake-azure.ts';
import { makeCertificate } from '../../fakes/make-certificate.ts';
import type { ChainQuestion } from './sdk-chain.ts';
import { makeRsaPem, signFederatedToken, trustCertificate, trustIssuer } from './applications.ts';

/** An environment, and how both are to get a token in it: by whom, or none. */
interface Row {
  readonly env: (azure: FakeAzure) => Environment;
  readonly picks: string;
  readonly arrange?: (azure: FakeAzure) => void;
}

t.setTimeout(120_000);

const RESOURCE = 'https://vault.azure.net';
const folder = t.testdir();
const files = await makeCertificate(folder, 'azure', 'DNS:localhost,IP:127.0.0.1');
const pem = await makeRsaPem(t);
const locked = await makeRsaPem(t, { password: 'pem-password' });
const tokenFile = await signFederatedToken(t, {});
const strangeFile = await signFederatedToken(t, { subject: 'system:serviceaccount:other:web' });
const emptyFile = join(folder, 'empty');
writeFileSync(emptyFile, '\n');
chmodSync(emptyFile, 0o600);

const client = { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: CLIENT };
const secret = { ...client, AZURE_CLIENT_SECRET: CLIENT_SECRET };
const federated = { ...client, AZURE_FEDERATED_TOKEN_FILE: tokenFile };
const imds = ({ metadata }: FakeAzure): Environment => ({ AZURE_POD_IDENTITY_AUTHORITY_HOST: metadata.imdsHost });
const appService = ({ metadata }: FakeAzure): Environment => ({
  IDENTITY_ENDPOINT: metadata.appServiceEndpoint,
  IDENTITY_HEADER: metadata.header,
});
const assigned = ({ metadata }: FakeAzure): void => void metadata.userIds.add(CLIENT);
const only = (name: string): Environment => ({ AZURE_TOKEN_CREDENTIALS: name });

const rows: Readonly<Record<string, Row>> = {
  'a secret': { env: () => secret, picks: `client-secret ${CLIENT}` },
  'a certificate': {
    env: () => ({ ...client, AZURE_CLIENT_CERTIFICATE_PATH: pem }),
    picks: `client-certificate ${CLIENT}`,
  },
  'a certificate with a password': {
    env: () => ({
      ...client,
      AZURE_CLIENT_CERTIFICATE_PATH: locked,
      AZURE_CLIENT_CERTIFICATE_PASSWORD: 'pem-password',
    }),
    picks: `client-certificate ${CLIENT}`,
  },
  'a certificate sent with its chain': {
    env: () => ({ ...client, AZURE_CLIENT_CERTIFICATE_PATH: pem, AZURE_CLIENT_SEND_CERTIFICATE_CHAIN: 'True' }),
    picks: `client-certificate ${CLIENT}`,
  },
  'a secret before a certificate': {
    env: () => ({ ...secret, AZURE_CLIENT_CERTIFICATE_PATH: pem }),
    picks: `client-secret ${CLIENT}`,
  },
  'a secret before workload identity': { env: () => ({ ...secret, ...federated }), picks: `client-secret ${CLIENT}` },
  'a secret before managed identity': {
    env: (azure) => ({ ...secret, ...imds(azure) }),
    picks: `client-secret ${CLIENT}`,
  },
  'an empty secret is none': {
    env: () => ({ ...federated, AZURE_CLIENT_SECRET: '' }),
    picks: `workload-identity ${CLIENT}`,
  },
  'workload identity': { env: () => federated, picks: `workload-identity ${CLIENT}` },
  'workload identity before managed identity': {
    env: (azure) => ({ ...federated, ...imds(azure), ...appService(azure) }),
    picks: `workload-identity ${CLIENT}`,
  },
  'a token file without a client': {
    env: (azure) => ({ ...imds(azure), AZURE_TENANT_ID: TENANT, AZURE_FEDERATED_TOKEN_FILE: tokenFile }),
    picks: 'imds system',
  },
  'a token file without a tenant': {
    env: (azure) => ({ ...imds(azure), AZURE_CLIENT_ID: CLIENT, AZURE_FEDERATED_TOKEN_FILE: tokenFile }),
    arrange: assigned,
    picks: `imds ${CLIENT}`,
  },
  'a secret without a tenant': {
    env: (azure) => ({ ...imds(azure), AZURE_CLIENT_ID: CLIENT, AZURE_CLIENT_SECRET: CLIENT_SECRET }),
    arrange: assigned,
    picks: `imds ${CLIENT}`,
  },
  'a tenant that is no tenant': {
    env: (azure) => ({ ...imds(azure), ...secret, AZURE_TENANT_ID: '../other' }),
    arrange: assigned,
    picks: `imds ${CLIENT}`,
  },
  'a machine': { env: imds, picks: 'imds system' },
  'a machine with an assigned identity': {
    env: (azure) => ({ ...imds(azure), AZURE_CLIENT_ID: CLIENT }),
    arrange: assigned,
    picks: `imds ${CLIENT}`,
  },
  'a machine without the identity': { env: (azure) => ({ ...imds(azure), AZURE_CLIENT_ID: CLIENT }), picks: 'none' },
  'a machine without any identity': {
    env: imds,
    arrange: ({ metadata }) => void (metadata.systemId = undefined),
    picks: 'none',
  },
  'a metadata service that is not there': {
    env: () => ({ AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:1' }),
    picks: 'none',
  },
  'an app': { env: appService, picks: 'app-service system' },
  'an app with an assigned identity': {
    env: (azure) => ({ ...appService(azure), AZURE_CLIENT_ID: CLIENT }),
    arrange: assigned,
    picks: `app-service ${CLIENT}`,
  },
  'an app before a machine': {
    env: (azure) => ({ ...appService(azure), ...imds(azure) }),
    picks: 'app-service system',
  },
  'an app before the old variable': {
    env: (azure) => ({ ...appService(azure), MSI_ENDPOINT: azure.metadata.imdsHost }),
    picks: 'app-service system',
  },
  'an app with a wrong header': { env: (azure) => ({ ...appService(azure), IDENTITY_HEADER: 'wrong' }), picks: 'none' },
  'an app before Azure Arc': {
    env: (azure) => ({ ...appService(azure), IMDS_ENDPOINT: azure.metadata.imdsHost }),
    picks: 'app-service system',
  },
  'Azure Arc with a key file elsewhere': {
    env: ({ metadata }) => ({ IDENTITY_ENDPOINT: metadata.arcEndpoint, IMDS_ENDPOINT: metadata.imdsHost }),
    arrange: ({ metadata }) => void (metadata.arcFile = tokenFile),
    picks: 'none',
  },
  'Azure Arc before a machine, with a key file that is not there': {
    env: (azure) => ({
      ...imds(azure),
      IDENTITY_ENDPOINT: azure.metadata.arcEndpoint,
      IMDS_ENDPOINT: azure.metadata.imdsHost,
    }),
    arrange: ({ metadata }) => void (metadata.arcFile = '/var/opt/azcmagent/tokens/keyfob-test-none.key'),
    picks: 'none',
  },
  'a cloud shell': { env: ({ metadata }) => ({ MSI_ENDPOINT: metadata.imdsHost }), picks: 'none' },
  'Service Fabric': { env: (azure) => ({ ...appService(azure), IDENTITY_SERVER_THUMBPRINT: '00' }), picks: 'none' },
  'a wrong secret does not go on': {
    env: (azure) => ({ ...secret, ...imds(azure), AZURE_CLIENT_SECRET: 'wrong' }),
    arrange: assigned,
    picks: 'none',
  },
  'an unknown tenant does not go on': {
    env: (azure) => ({ ...secret, ...imds(azure), AZURE_TENANT_ID: 'nowhere.onmicrosoft.com' }),
    arrange: assigned,
    picks: 'none',
  },
  'a certificate that is not there does not go on': {
    env: (azure) => ({ ...client, ...imds(azure), AZURE_CLIENT_CERTIFICATE_PATH: join(folder, 'nothing') }),
    arrange: assigned,
    picks: 'none',
  },
  'a user does not go on': {
    env: (azure) => ({ ...client, ...imds(azure), AZURE_USERNAME: 'u', AZURE_PASSWORD: 'p' }),
    arrange: assigned,
    picks: 'none',
  },
  'a token file of another account does not go on': {
    env: (azure) => ({ ...federated, ...imds(azure), AZURE_FEDERATED_TOKEN_FILE: strangeFile }),
    arrange: assigned,
    picks: 'none',
  },
  'an empty token file does not go on': {
    env: (azure) => ({ ...federated, ...imds(azure), AZURE_FEDERATED_TOKEN_FILE: emptyFile }),
    arrange: assigned,
    picks: 'none',
  },
  'a token file that is not there does not go on': {
    env: (azure) => ({ ...federated, ...imds(azure), AZURE_FEDERATED_TOKEN_FILE: join(folder, 'nothing') }),
    arrange: assigned,
    picks: 'none',
  },
  'production credentials only': { env: () => ({ ...secret, ...only(' Prod ') }), picks: `client-secret ${CLIENT}` },
  'the environment only': { env: () => ({ ...federated, ...only('EnvironmentCredential') }), picks: 'none' },
  'workload identity only': {
    env: () => ({ ...secret, ...federated, ...only('WorkloadIdentityCredential') }),
    picks: `workload-identity ${CLIENT}`,
  },
  'managed identity only': {
    env: (azure) => ({ ...secret, ...imds(azure), ...only('managedidentitycredential') }),
    arrange: assigned,
    picks: `imds ${CLIENT}`,
  },
  'managed identity only, in a pod with workload identity': {
    env: (azure) => ({ ...federated, ...imds(azure), ...only('ManagedIdentityCredential') }),
    picks: `workload-identity ${CLIENT}`,
  },
  'a tool only': { env: () => ({ ...secret, ...only('AzureCliCredential') }), picks: 'none' },
  'a credential that does not exist': { env: () => ({ ...secret, ...only('SomeCredential') }), picks: 'none' },
  'another tenant': {
    env: () => ({ ...secret, AZURE_TENANT_ID: OTHER_TENANT }),
    picks: `client-secret ${CLIENT} of the other tenant`,
  },
  'nothing at all': { env: () => ({}), picks: 'none' },
};

const worker = new Worker(new URL('sdk-chain.ts', import.meta.url), { workerData: { ca: files.cert } });
t.teardown(() => worker.terminate());

async function sdkToken(env: Environment): Promise<string | undefined> {
  // Without the accounts of developer tools, with which its chain ends.
  const question: ChainQuestion = { env: { AZURE_TOKEN_CREDENTIALS: 'prod', ...env }, scope: `${RESOURCE}/.default` };
  worker.postMessage(question, []);
  const [message]: { readonly token?: string }[] = await once(worker, 'message');
  return message?.token;
}

async function keyfobToken(env: Environment): Promise<string | undefined> {
  const http = createHttpClient({ tls: { ca: files.cert }, maxResponseBytes: 100_000 });
  const metadataHttp = createHttpClient({ maxResponseBytes: 100_000 });
  const tools = { http, metadataHttp, clock: systemClock, log: new RecordingLog(), env, provider: 'azure' };
  const chain = createDefaultChain(tools, { authority: new URL(defaultAuthority('shop.vault.azure.net', env)) });
  try {
    const token = await chain.requestToken({ resource: RESOURCE }, AbortSignal.timeout(20_000));
    return token.value.expose();
  } catch {
    return undefined;
  } finally {
    await Promise.all([http.close(), metadataHttp.close()]);
  }
}

/** Who got the token and how. */
function pickOf({ tokens }: FakeAzure, token: string | undefined): string {
  const grant = tokens.find(token ?? '');
  if (grant === undefined) return token === undefined ? 'none' : 'a token of nobody';
  return `${grant.how} ${grant.clientId}${grant.tenantId === TENANT ? '' : ' of the other tenant'}`;
}

for (const [name, row] of Object.entries(rows))
  test(`the chain picks what the official library picks: ${name}`, async (t) => {
    const azure = await startFakeAzure(systemClock, files);
    t.teardown(() => azure.close());
    trustIssuer(azure);
    for (const file of [pem, locked]) trustCertificate(azure, file);
    row.arrange?.(azure);
    const env = { AZURE_AUTHORITY_HOST: azure.entra.origin, ...row.env(azure) };
    const sdk = pickOf(azure, await sdkToken(env));
    const keyfob = pickOf(azure, await keyfobToken(env));
    t.same({ sdk, keyfob }, { sdk: row.picks, keyfob: row.picks });
  });

t.ok(Object.keys(rows).length >= 25, `${Object.keys(rows).length} rows`);
