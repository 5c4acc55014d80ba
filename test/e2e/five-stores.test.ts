import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import { startFakeSecretsManager } from '../fakes/fake-aws-secrets-manager.ts';
import { startFakeAzure } from '../fakes/fake-azure.ts';
import { FakeGcpAuthority } from '../fakes/fake-gcp-authority.ts';
import { FakeGcpSecretManager } from '../fakes/fake-gcp-secret-manager.ts';
import { makeCertificate } from '../fakes/make-certificate.ts';
import { fakeEnv } from '../providers/aws/aws-rig.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { vaultEnv, vaultStore, vaultToken } from './vault-store.ts';

const EMAIL = 'keyfob@shop.iam.gserviceaccount.com';
const STORES = ['files', 'vault', 'aws', 'azure', 'gcp'] as const;

/** A fake of each store, holding the secret `db/creds` with the store's name as its value. */
async function startStores(t: Test) {
  const folder = await temporaryDirectory(t);
  const secretsFile = join(folder, 'secrets.yaml');
  await writeFile(secretsFile, 'db/creds: of files\n', { mode: 0o600 });
  const vault = await vaultStore(t, { 'db/creds': '{"of":"vault"}' });
  const aws = await startFakeSecretsManager();
  t.teardown(() => aws.close());
  aws.store.put('db/creds', 'of aws');
  aws.store.put('mail/token', 'of aws, too');
  const certificate = await makeCertificate(folder, 'azure', 'DNS:localhost,IP:127.0.0.1');
  const azure = await startFakeAzure(systemClock, certificate);
  t.teardown(() => azure.close());
  azure.vault.secrets.set('db--creds', 'of azure');
  const authority = new FakeGcpAuthority();
  authority.addAccount(EMAIL);
  const keyFile = join(folder, 'key.json');
  await writeFile(keyFile, JSON.stringify(authority.keyFile(EMAIL)));
  const manager = new FakeGcpSecretManager(authority);
  const gcp = await manager.start();
  t.teardown(() => gcp.close());
  manager.store.add('db--creds', 'of gcp');
  const providers = [
    { name: 'files', type: 'local', path: secretsFile },
    {
      name: 'vault',
      type: 'vault',
      address: vault.address,
      auth: { method: 'token', token: { env: 'VAULT_TEST_TOKEN' } },
    },
    { name: 'aws', type: 'aws', region: 'eu-west-1', endpoint: aws.address, stsEndpoint: aws.address },
    { name: 'azure', type: 'azure', ...azure.options, tls: { ca: certificate.cert } },
    {
      name: 'gcp',
      type: 'gcp',
      project: 'shop',
      endpoint: gcp.origin,
      auth: { method: 'service-account', file: keyFile },
    },
  ];
  return { providers, vault, aws };
}

const env = { ...vaultEnv, ...fakeEnv };
const items = STORES.map((provider) => ({ path: 'db/creds', provider }));

const batch = async (daemon: Daemon, secrets: readonly object[]) =>
  Object((await daemon.http().post('/v1/batch', { secrets })).json).results;

test('one call reads from five stores, one of them down', async (t) => {
  const { providers, vault } = await startStores(t);
  const daemon = await startDaemon(t, { config: { providers, defaultProvider: 'files' }, env });
  const all = await batch(daemon, items);
  const values = STORES.map((name) => (name === 'vault' ? '{"of":"vault"}' : `of ${name}`));
  t.match(
    all,
    STORES.map((provider, index) => ({ path: 'db/creds', secret: { provider, value: values[index] } })),
  );

  vault.fault = () => 'reset';
  const other = await startDaemon(t, { config: { providers, defaultProvider: 'files' }, env });
  const results = await batch(other, items);
  t.match(
    results,
    STORES.map((provider, index) =>
      provider === 'vault'
        ? { path: 'db/creds', problem: { status: 502, code: 'ConnectionFailed', provider } }
        : { path: 'db/creds', secret: { provider, value: values[index] } },
    ),
  );
  t.notMatch(other.stderr + other.stdout, vaultToken);
});

test('cold keys of one AWS account are one call', async (t) => {
  const { providers, aws } = await startStores(t);
  const daemon = await startDaemon(t, { config: { providers, defaultProvider: 'aws' }, env });
  const paths = ['db/creds', 'mail/token', 'none'];
  t.match(
    await batch(
      daemon,
      paths.map((path) => ({ path })),
    ),
    [
      { secret: { value: 'of aws', provider: 'aws', metadata: { region: 'eu-west-1' } } },
      { secret: { value: 'of aws, too' } },
      { path: 'none', problem: { status: 404, code: 'SecretDoesNotExist' } },
    ],
  );
  t.equal(aws.operations.filter((name) => name === 'BatchGetSecretValue').length, 1);
  t.same(
    aws.operations.filter((name) => name === 'GetSecretValue'),
    [],
  );

  aws.store.denied.add('BatchGetSecretValue');
  const other = await startDaemon(t, { config: { providers, defaultProvider: 'aws' }, env });
  const singly = await batch(
    other,
    paths.slice(0, 2).map((path) => ({ path })),
  );
  t.match(
    singly,
    [{ secret: { value: 'of aws' } }, { secret: { value: 'of aws, too' } }],
    'where that is not permitted',
  );
});
