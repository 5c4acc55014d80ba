import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Test } from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import type { Json } from '../e2e/daemon.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';
import { KEY_ID, startFakeSecretsManager } from '../fakes/fake-aws-secrets-manager.ts';
import { CLIENT, startFakeAzure, TENANT } from '../fakes/fake-azure.ts';
import { FakeGcpAuthority } from '../fakes/fake-gcp-authority.ts';
import { FakeGcpSecretManager } from '../fakes/fake-gcp-secret-manager.ts';
import { startFakeVault } from '../fakes/fake-vault.ts';
import { makeCertificate } from '../fakes/make-certificate.ts';
import { startOtlpReceiver } from '../fakes/otlp-receiver.ts';
import { startWebhookReceiver } from '../fakes/webhook-receiver.ts';
import { Canaries, canary, plainCanary } from './canaries.ts';
import type { QuotingAnswer } from './quoting-answers.ts';

const EMAIL = 'keyfob@shop.iam.gserviceaccount.com';

/** Each store with a canary in it, reached with canaries. */
export async function startCanaryWorld(t: Test) {
  const canaries = new Canaries();
  const folder = await temporaryDirectory(t);
  const file = (name: string): string => join(folder, name);
  const secret = (store: string): string => canaries.add(`the secret of ${store}`, canary(store));
  const values = {
    files: secret('files'),
    vault: secret('vault'),
    aws: secret('aws'),
    azure: secret('azure'),
    gcp: secret('gcp'),
  };

  await writeFile(file('secrets.yaml'), `db/creds: ${JSON.stringify(values.files)}\n`, { mode: 0o600 });
  const otlp = await startOtlpReceiver(t);
  const collectorKey = canaries.add('the key of the collector', canary('collector'));
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: otlp.address,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=${encodeURIComponent(collectorKey)}`,
    VAULT: canaries.add('the Vault token', plainCanary('vaulttoken')),
    VAULT_WRONG: canaries.add('a wrong Vault token', plainCanary('wrongvault')),
    ROLE: 'the-role',
    SECRET_ID: canaries.add('the AppRole secret id', plainCanary('secretid')),
    SECRET_ID_WRONG: canaries.add('a wrong secret id', plainCanary('wrongid')),
    AZURE: canaries.add('the Azure client secret', canary('azureclient').replaceAll(/[^ -~]/g, '')),
    AZURE_WRONG: canaries.add('a wrong client secret', plainCanary('wrongazure')),
    AWS_ACCESS_KEY_ID: KEY_ID,
    AWS_SECRET_ACCESS_KEY: canaries.add('the AWS secret key', plainCanary('awskey')),
    AWS_SESSION_TOKEN: canaries.add('the AWS session token', plainCanary('awssession')),
    AWS_CONFIG_FILE: '/nowhere/config',
    AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials',
    AWS_EC2_METADATA_DISABLED: 'true',
    HOOK: canaries.add('the key of the webhook', canary('hook')),
  };
  for (const name of ['cache', 'audit']) {
    const bytes = randomBytes(32);
    for (const encoding of ['base64', 'hex'] as const) canaries.add(`the key of the ${name}`, bytes.toString(encoding));
    await writeFile(file(`${name}.key`), bytes, { mode: 0o600 });
  }

  const vault = await startFakeVault({
    token: env.VAULT,
    secrets: { 'db/creds': JSON.stringify({ k: values.vault }) },
  });
  Object.assign(vault.approle, { roleId: env.ROLE, secretId: env.SECRET_ID });
  const aws = await startFakeSecretsManager();
  aws.keys.set(KEY_ID, { secretAccessKey: env.AWS_SECRET_ACCESS_KEY, sessionToken: env.AWS_SESSION_TOKEN });
  aws.store.put('db/creds', values.aws);
  const certificate = await makeCertificate(folder, 'azure', 'DNS:localhost,IP:127.0.0.1');
  const azure = await startFakeAzure(systemClock, certificate);
  azure.entra.application(CLIENT).secrets.set(env.AZURE, 'valid');
  azure.vault.secrets.set('db--creds', values.azure);
  const authority = new FakeGcpAuthority();
  authority.addAccount(EMAIL);
  const key = authority.keyFile(EMAIL);
  const [, , keyLine = ''] = String(key['private_key']).split('\n');
  canaries.add('the private key of the GCP account', keyLine);
  await writeFile(file('gcp.json'), JSON.stringify(key), { mode: 0o600 });
  await writeFile(
    file('gcp-wrong.json'),
    JSON.stringify({ ...key, private_key: `-----BEGIN PRIVATE KEY-----\n${keyLine}\n` }),
  );
  const manager = new FakeGcpSecretManager(authority);
  const gcp = await manager.start();
  manager.store.add('db--creds', values.gcp);
  const receiver = await startWebhookReceiver(t);
  t.teardown(() => Promise.all([vault.close(), aws.close(), azure.close(), gcp.close()]));

  const common = { attemptTimeout: '1s' };
  const tokenAuth = (name: string): Json => ({ method: 'token', token: { env: name } });
  const ofVault = (name: string, auth: Json): Json => ({
    ...common,
    name,
    type: 'vault',
    address: vault.address,
    auth,
  });
  const ofAzure = (name: string, variable: string): Json => ({
    ...common,
    ...azure.options,
    name,
    type: 'azure',
    tls: { ca: certificate.cert },
    auth: { method: 'client-secret', tenantId: TENANT, clientId: CLIENT, clientSecret: { env: variable } },
  });
  const ofGcp = (name: string, keyFile: string): Json => ({
    ...common,
    name,
    type: 'gcp',
    project: 'shop',
    endpoint: gcp.origin,
    auth: { method: 'service-account', file: file(keyFile) },
  });
  const approle = (variable: string): Json => ({
    method: 'approle',
    roleId: { env: 'ROLE' },
    secretId: { env: variable },
  });
  const providers = [
    { name: 'files', type: 'local', path: file('secrets.yaml') },
    ofVault('vault', tokenAuth('VAULT')),
    ofVault('vault-approle', approle('SECRET_ID')),
    ofVault('vault-wrong', tokenAuth('VAULT_WRONG')),
    ofVault('vault-approle-wrong', approle('SECRET_ID_WRONG')),
    { ...common, name: 'aws', type: 'aws', region: 'eu-west-1', endpoint: aws.address, stsEndpoint: aws.address },
    ofAzure('azure', 'AZURE'),
    ofAzure('azure-wrong', 'AZURE_WRONG'),
    ofGcp('gcp', 'gcp.json'),
    ofGcp('gcp-wrong', 'gcp-wrong.json'),
  ];
  const callers = [{ name: 'anonymous', operations: ['get', 'list', 'describe', 'resolve', 'rotate', 'invalidate'] }];
  const config: Json = {
    providers,
    defaultProvider: 'files',
    cache: {
      ttl: '300ms',
      negativeTtl: '100ms',
      persistence: { file: file('cache.bin'), key: { file: file('cache.key') } },
    },
    retry: { maxAttempts: 1 },
    deadline: '2s',
    circuitBreaker: { failureThreshold: 1_000 },
    budget: { perSecond: 100_000, burst: 1_000_000 },
    access: { callers },
    audit: { sink: file('audit.log'), key: { file: file('audit.key') } },
    notifications: {
      webhooks: [{ url: receiver.address, key: { env: 'HOOK' }, events: ['rotated', 'deleted', 'stale', 'recovered'] }],
    },
    log: { level: 'trace' },
  };

  /** Every store answers so from here on, or as it should again. */
  const answerWith = (answer: QuotingAnswer | undefined): void => {
    const { status = 0, text = '', headers = {} } = answer ?? {};
    const isOn = answer !== undefined;
    vault.fault = () => (isOn ? { status, text, headers } : undefined);
    aws.fault = () => (isOn ? { status, body: text, headers } : undefined);
    azure.vault.server.fault = azure.entra.server.fault = () => (isOn ? { status, body: text, headers } : undefined);
    manager.fault = () => (isOn ? { status, body: text, headers } : undefined);
    otlp.onPost = () => (isOn ? { status, body: text, headers } : { status: 200 });
  };
  /** The tokens that the daemon was given meanwhile. */
  const given = (): void => {
    const headers = [...gcp.requests, ...azure.vault.server.requests].map(
      (request) => request.headers.authorization ?? '',
    );
    const tokens = [
      ...headers.map((header) => header.replace('Bearer ', '')),
      ...vault.requests.map(({ token }) => token ?? ''),
    ];
    for (const token of new Set(tokens)) if (token.length > 12) canaries.add('a token that a store gave', token);
  };
  return {
    canaries,
    values,
    env,
    config,
    providers,
    folder,
    file,
    receiver,
    otlp,
    collectorKey,
    answerWith,
    given,
    vault,
  };
}
