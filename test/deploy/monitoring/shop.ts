import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../../src/core/clock.ts';
import { startFakeAzure } from '../../fakes/fake-azure.ts';
import type { FakeVault } from '../../fakes/fake-vault.ts';
import { FakeVaultEngines } from '../../fakes/fake-vault-engines.ts';
import { makeCertificate } from '../../fakes/make-certificate.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../fakes/webhook-receiver.ts';
import { type Daemon, type Json, startDaemon } from '../../e2e/daemon.ts';
import { secretsFile } from '../../e2e/local-secrets.ts';
import { type Scope, temporaryDirectory } from '../../e2e/temporary-directory.ts';
import { vaultEnv, vaultStore } from '../../e2e/vault-store.ts';

/** More local secrets than the cache holds. */
export const MANY = 60;
const MAX_ENTRIES = 20;
const LARGE_BYTES = 70_000;

/** A daemon with stores of several kinds, each of which can be made to fail. */
export interface Shop {
  readonly daemon: Daemon;
  readonly vault: FakeVault;
  /** Throttles and hangs. */
  readonly busy: FakeVault;
  /** Gives tokens that end soon. */
  readonly issuer: FakeVault;
  readonly receiver: WebhookReceiver;
  /** Rewrites the file of the local store. */
  readonly writeFiles: (token: string) => Promise<void>;
}

export async function startShop(scope: Scope): Promise<Shop> {
  const folder = await temporaryDirectory(scope);
  const [vault, busy, issuer] = await Promise.all([
    vaultStore(scope, { 'shop/db': '{"password":"a"}', 'shop/app': '{"password":"c"}', 'pair/db': '{"password":"b"}' }),
    vaultStore(scope, { 'busy/quick': '{"k":"v"}', 'busy/slow': '{"k":"v"}' }),
    vaultStore(scope, { 'ending/db': '{"k":"v"}' }),
  ]);
  // Its database rotates.
  vault.fault = new FakeVaultEngines().fault;
  issuer.loginToken = { ttl: 6, renewable: true };
  issuer.renewTtl = 6;
  const certificate = await makeCertificate(folder, 'azure', 'DNS:localhost,IP:127.0.0.1');
  const azure = await startFakeAzure(systemClock, certificate);
  scope.teardown(() => azure.close());
  azure.vault.secrets.set('old--license', 'of last year', { exp: 1_700_000_000 });
  const receiver = await startWebhookReceiver(scope);
  const file = await secretsFile(scope, localSecrets('first'));
  const env = {
    ...vaultEnv,
    ROLE: issuer.approle.roleId,
    SECRET: issuer.approle.secretId,
    HOOK_KEY: 'key-of-the-hook',
  };
  const config = {
    ops: { listen: ['127.0.0.1:0'] },
    providers: [
      { name: 'files', type: 'local', path: file },
      { ...vaultOf('vault', vault), kvVersion: 2, rotate: { 'shop/*': 'database/rotate-role/*' } },
      vaultOf('busy', busy),
      {
        ...vaultOf('ending', issuer),
        auth: { method: 'approle', roleId: { env: 'ROLE' }, secretId: { env: 'SECRET' } },
      },
      { name: 'azure', type: 'azure', ...azure.options, tls: { ca: certificate.cert } },
    ],
    defaultProvider: 'files',
    pathMappings: [
      { pattern: 'shop/**', provider: 'vault' },
      { pattern: 'pair/**', provider: ['vault', 'files'] },
      { pattern: 'busy/**', provider: 'busy' },
      { pattern: 'ending/**', provider: 'ending' },
      { pattern: 'old/**', provider: 'azure' },
    ],
    cache: { ttl: '1s', refreshAhead: '500ms', negativeTtl: '200ms', patience: '50ms', maxEntries: MAX_ENTRIES },
    retry: { maxAttempts: 1 },
    // A throttled read does not wait for longer.
    deadline: '1s',
    access,
    notifications: { webhooks: [{ url: `${receiver.address}/hook`, key: { env: 'HOOK_KEY' } }] },
  };
  const daemon = await startDaemon(scope, { config, env });
  const writeFiles = (token: string): Promise<void> => writeFile(file, localSecrets(token));
  return { daemon, vault, busy, issuer, receiver, writeFiles };
}

const OPERATIONS = ['get', 'list', 'describe', 'resolve', 'rotate', 'invalidate'];
const access = { callers: [{ name: 'anonymous', operations: OPERATIONS, allow: ['**'], deny: ['closed/**'] }] };

const vaultOf = (name: string, { address }: FakeVault): Json => ({
  name,
  type: 'vault',
  address,
  attemptTimeout: '700ms',
  auth: { method: 'token', token: { env: 'VAULT_TEST_TOKEN' } },
});

const localSecrets = (token: string): string =>
  JSON.stringify({
    'mail/token': token,
    'pair/db': 'of the backup',
    'large/bundle': 'x'.repeat(LARGE_BYTES),
    ...Object.fromEntries(Array.from({ length: MANY }, (_, index) => [`many/${index}`, 'v'])),
  });

/** A daemon that checks the tokens of service accounts, with the key set of a file. */
export async function startNode(scope: Scope): Promise<{ readonly daemon: Daemon; readonly keysFile: string }> {
  const keysFile = join(await temporaryDirectory(scope), 'jwks.json');
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(keysFile, JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'first' }] }));
  const config = {
    ops: { listen: ['127.0.0.1:0'] },
    providers: [{ name: 'files', type: 'local', path: await secretsFile(scope, 'mail/token: t\n') }],
    access: {
      mode: 'jwt',
      jwt: { issuer: 'https://kubernetes.default.svc', audience: 'keyfob', jwksFile: keysFile },
      callers: [{ name: 'web', subject: 'system:serviceaccount:shop:web', operations: ['get'], allow: ['**'] }],
    },
  };
  return { daemon: await startDaemon(scope, { config }), keysFile };
}

/** A second daemon, on one ops port whenever it is started anew. */
export async function startFragile(scope: Scope, port: number, isBroken: boolean): Promise<Daemon> {
  const folder = await temporaryDirectory(scope);
  if (!isBroken) await mkdir(join(folder, 'cache'));
  const config = {
    ops: { listen: [`127.0.0.1:${port}`] },
    providers: [{ name: 'files', type: 'local', path: await secretsFile(scope, 'mail/token: t\n') }],
    // Nothing has space there, and the folder of the cache is missing.
    audit: { enabled: true, sink: isBroken ? '/dev/full' : join(folder, 'audit.jsonl') },
    access,
    cache: { persistence: { file: join(folder, 'cache', 'cache.bin'), key: { env: 'CACHE_KEY' } } },
  };
  return startDaemon(scope, { config, env: { CACHE_KEY: 'k'.repeat(32) } });
}
