import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Scope, temporaryDirectory } from '../e2e/temporary-directory.ts';
import { vaultStore } from '../e2e/vault-store.ts';
import { type Fault, faults } from '../fakes/fake-vault.ts';
import { makeCertificate } from '../fakes/make-certificate.ts';
import { openDoor, openTlsDoor } from './store-door.ts';

/** A store that works until `fail` is called. */
export interface FaultyStore {
  /** Settings of the provider that leads to it. */
  readonly settings: { readonly address: string; readonly insecure?: boolean; readonly tls?: { readonly ca: string } };
  /** What the daemon's environment needs besides. */
  readonly env?: Readonly<Record<string, string>>;
  fail(): Promise<void>;
  /** How often it was asked for a secret, where it notices that it is asked. */
  asked?(path: string): number;
}

type Secrets = Readonly<Record<string, string>>;
type OpenStore = (scope: Scope, secrets: Secrets) => Promise<FaultyStore>;

/** Every way of failing that the outage suite knows, by its name in the table. */
export const faultyStores: Readonly<Record<string, OpenStore>> = {
  'connection refused': async (scope, secrets) => {
    const vault = await vaultStore(scope, secrets);
    return { settings: { address: vault.address }, fail: () => vault.close() };
  },
  'connection reset': answering(() => 'reset'),
  hang: answering(() => 'hang'),
  'answer 429': answering(faults.throttled),
  'answer 500': answering(faults.inside),
  'answer 503': answering(faults.sealed),
  'TLS failure': async (scope, secrets) => {
    const vault = await vaultStore(scope, secrets);
    const folder = await temporaryDirectory(scope);
    const [trusted, foreign] = [await certificate(folder, 'trusted'), await certificate(folder, 'foreign')];
    const door = await openTlsDoor(scope, vault.address, trusted);
    return {
      settings: { address: `https://127.0.0.1:${door.port}`, tls: { ca: trusted.cert } },
      fail: async () => {
        await door.exchangeCertificate(foreign);
        door.cut();
      },
    };
  },
  'DNS failure': async (scope, secrets) => {
    const vault = await vaultStore(scope, secrets);
    const door = await openDoor(scope, vault.address);
    const file = join(await temporaryDirectory(scope), 'names-resolve');
    await writeFile(file, '');
    return {
      settings: { address: `http://vault.store.test:${door.port}`, insecure: true },
      env: { NODE_OPTIONS: `--import=${FAILING_LOOKUP}`, NAMES_RESOLVE_FILE: file },
      fail: async () => {
        await rm(file);
        door.cut();
      },
    };
  },
};

/** For the daemon, which finds the names of stores as long as a file is there. */
const FAILING_LOOKUP = fileURLToPath(new URL('failing-lookup.mjs', import.meta.url));

const certificate = (folder: string, name: string): ReturnType<typeof makeCertificate> =>
  makeCertificate(folder, name, 'IP:127.0.0.1');

function answering(fault: Fault): OpenStore {
  return async (scope, secrets) => {
    const vault = await vaultStore(scope, secrets);
    return {
      settings: { address: vault.address },
      fail: async () => {
        vault.fault = fault;
      },
      asked: (path) => vault.count(`secret/data/${path}`),
    };
  };
}
