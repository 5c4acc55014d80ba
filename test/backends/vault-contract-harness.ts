import { systemClock } from '../../src/core/clock.ts';
import type { Scope, SecretProvider } from '../../src/core/provider.ts';
import { vaultProvider } from '../../src/providers/vault/provider.ts';
import { encodePath } from '../../src/providers/vault/wire.ts';
import { canonicalJson } from '../contract/canonical-json.ts';
import type { Harness } from '../contract/contract-case.ts';
import { RecordingLog } from '../contract/recording-log.ts';
import { createApprole, writePolicy } from './approle.ts';
import { kvReady } from './kv-ready.ts';
import type { OpenBao } from './openbao.ts';

/** What the contract is run at. */
export interface VaultBench {
  readonly method: 'token' | 'approle';
  readonly version: 1 | 2;
  /** When set, the engine is in this namespace, and reached as a path mapping does. */
  readonly namespace?: string;
}

let stores = 0;

/** A KV engine of its own, a policy for it, and a provider with that policy alone. */
export async function createHarness(bao: OpenBao, { method, version, namespace }: VaultBench): Promise<Harness> {
  const mount = `kv-${++stores}`;
  const inNamespace = namespace === undefined ? '' : `${namespace}/`;
  const root = `${inNamespace}${mount}`;
  const place = (kind: string, path: string): string => `${root}/${version === 2 ? `${kind}/` : ''}${encodePath(path)}`;
  const policy = `path "${root}/*" { capabilities = ["read", "list"] }`;
  await bao.call(`${inNamespace}sys/mounts/${mount}`, { type: 'kv', options: { version: String(version) } });
  await writePolicy(bao, mount, policy);
  if (version === 2) await kvReady(bao, root);
  const auth =
    method === 'approle' ? await createApprole(bao, mount, { policies: [mount] }) : await createToken(bao, mount);
  const log = new RecordingLog();
  const options = { address: bao.address, mount: 'secret', auth, revokeOnShutdown: true, insecure: false };
  const own = namespace === undefined ? { ...options, mount } : options;
  const instance = vaultProvider.create('bao', own, { clock: systemClock, log, recordIdentityCall: () => undefined });
  await instance.start(() => undefined);
  return {
    provider: namespace === undefined ? instance : inScope(instance, { namespace, mount }),
    async seed(path, values) {
      for (const value of values) await writeSecret(bao, place('data', path), { value, version });
    },
    ...(version === 2 && {
      deleteVersion: async (path, n) => void (await bao.call(place('delete', path), { versions: [n] })),
      destroyVersion: async (path, n) => void (await bao.call(place('destroy', path), { versions: [n] })),
    }),
    refuse: async (path) =>
      void (await writePolicy(bao, mount, `${policy}\npath "${place('data', path)}" { capabilities = ["deny"] }`)),
    versionIds: { missing: '99', malformed: '1e3' },
    printed: () => log.text(),
    close: async () => void (await bao.call(`${inNamespace}sys/mounts/${mount}`, undefined, 'DELETE')),
  };
}

/** The provider as the paths of a mapping with a scope see it. */
function inScope(instance: SecretProvider, scope: Scope): SecretProvider {
  const store = instance.within?.(scope);
  if (store === undefined) throw new TypeError('a Vault has scopes');
  return {
    name: instance.name,
    type: instance.type,
    locate: (path, selector) => store.locate(path, selector),
    get: (location, call) => store.get(location, call),
    list: (query, call) => store.list(query, call),
    describe: (id, call) => store.describe(id, call),
    versions: (id, query, call) => store.versions(id, query, call),
    rotate: (id, call) => store.rotate(id, call),
    health: (call) => instance.health(call),
    status: () => instance.status(),
    start: (onChange) => instance.start(onChange),
    close: () => instance.close(),
  };
}

async function createToken(bao: OpenBao, policy: string): Promise<object> {
  const { auth } = await bao.call('auth/token/create', { policies: [policy], ttl: '1h' });
  return { method: 'token', token: auth.client_token };
}

interface Written {
  readonly value: string | Uint8Array;
  readonly version: 1 | 2;
}

/** Rejects what the store does not keep as it was given. */
async function writeSecret(bao: OpenBao, path: string, { value, version }: Written): Promise<void> {
  if (typeof value !== 'string' || !value.trim().startsWith('{')) throw new TypeError('only JSON objects');
  await bao.call(path, version === 2 ? `{"data":${value}}` : value);
  const { text } = await bao.ask(path);
  if (!canonicalJson(text).includes(`"data":${canonicalJson(value)}`)) throw new TypeError('the store has changed it');
}
