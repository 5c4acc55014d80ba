import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import { vaultProvider } from '../../src/providers/vault/provider.ts';
import { encodePath } from '../../src/providers/vault/wire.ts';
import { canonicalJson } from '../contract/canonical-json.ts';
import type { Harness } from '../contract/contract-case.ts';
import { providerContract } from '../contract/provider-contract.ts';
import { RecordingLog } from '../contract/recording-log.ts';
import { kvUnsupported } from '../providers/vault/kv-unsupported.ts';
import { createApprole, writePolicy } from './approle.ts';
import { openBaoTest } from './backend-test.ts';
import { startOpenBao, type OpenBao } from './openbao.ts';

const unsupported = {
  ...kvUnsupported,
  'a JSON object keeps every type as it is written': { reason: 'OpenBao itself keeps numbers as doubles' },
};

let stores = 0;

async function runContract(t: Test, method: 'token' | 'approle'): Promise<void> {
  const bao = await startOpenBao();
  t.teardown(() => bao.stop());
  await providerContract(t, { name: `vault with ${method}`, unsupported, create: () => createHarness(bao, method) });
}

/** A KV engine of its own, a policy for it, and a provider with that policy alone. */
async function createHarness(bao: OpenBao, method: 'token' | 'approle'): Promise<Harness> {
  const mount = `kv-${++stores}`;
  const policy = `path "${mount}/*" { capabilities = ["read", "list"] }`;
  await bao.call(`sys/mounts/${mount}`, { type: 'kv', options: { version: '2' } });
  await writePolicy(bao, mount, policy);
  // A new engine refuses calls for a moment.
  while ((await bao.ask(`${mount}/config`)).status !== 200) await sleep(10);
  const auth =
    method === 'approle' ? await createApprole(bao, mount, { policies: [mount] }) : await createToken(bao, mount);
  const log = new RecordingLog();
  const options = { address: bao.address, mount, auth, revokeOnShutdown: true, insecure: false };
  const provider = vaultProvider.create('bao', options, {
    clock: systemClock,
    log,
    recordIdentityCall: () => undefined,
  });
  await provider.start(() => undefined);
  return {
    provider,
    async seed(path, values) {
      for (const value of values) await writeSecret(bao, `${mount}/data/${encodePath(path)}`, value);
    },
    deleteVersion: async (path, n) => void (await bao.call(`${mount}/delete/${encodePath(path)}`, { versions: [n] })),
    destroyVersion: async (path, n) => void (await bao.call(`${mount}/destroy/${encodePath(path)}`, { versions: [n] })),
    refuse: async (path) =>
      void (await writePolicy(bao, mount, `${policy}\npath "${mount}/data/${path}" { capabilities = ["deny"] }`)),
    versionIds: { missing: '99', malformed: '1e3' },
    printed: () => log.text(),
    close: async () => void (await bao.call(`sys/mounts/${mount}`, undefined, 'DELETE')),
  };
}

async function createToken(bao: OpenBao, policy: string): Promise<object> {
  const { auth } = await bao.call('auth/token/create', { policies: [policy], ttl: '1h' });
  return { method: 'token', token: auth.client_token };
}

/** Rejects what the store does not keep as it was given. */
async function writeSecret(bao: OpenBao, path: string, value: string | Uint8Array): Promise<void> {
  if (typeof value !== 'string' || !value.trim().startsWith('{')) throw new TypeError('only JSON objects');
  await bao.call(path, `{"data":${value}}`);
  const { text } = await bao.ask(path);
  if (!canonicalJson(text).includes(`"data":${canonicalJson(value)}`)) throw new TypeError('the store has changed it');
}

await openBaoTest('the contract at a real OpenBao, with a token', (t) => runContract(t, 'token'));
await openBaoTest('the contract at a real OpenBao, with AppRole', (t) => runContract(t, 'approle'));
