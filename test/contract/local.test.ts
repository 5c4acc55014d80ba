import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import { isJsonDocument } from '../../src/core/json-text.ts';
import type { SecretProvider } from '../../src/core/provider.ts';
import { localProvider } from '../../src/providers/local/provider.ts';
import type { Harness } from './contract-case.ts';
import { type ContractConfig, type Exception, providerContract } from './provider-contract.ts';
import { RecordingLog } from './recording-log.ts';

type Value = string | Uint8Array;

const noRefusal = { reason: 'a file that cannot be read keeps its last good state' } as const;
const forgotten = {
  reason: 'a file keeps no row of a version that was taken out',
  error: 'SecretNotFoundError/VersionNotFound',
} as const satisfies Exception;
const noDeletion = { reason: 'a file for each secret holds one version, and no one deletes the earlier ones' } as const;

async function startProvider(path: string, log: RecordingLog): Promise<SecretProvider> {
  const provider = localProvider.create('local', { path }, { clock: systemClock, log, recordIdentityCall: () => {} });
  await provider.start(() => {});
  return provider;
}

/** A file with explicit versions; it is JSON, which is YAML too. */
async function createFile(name: string): Promise<Harness> {
  const folder = await mkdtemp(join(tmpdir(), 'keyfob-contract-'));
  const file = join(folder, name);
  const secrets = new Map<string, (Value | undefined)[]>();
  const write = async (): Promise<void> => {
    await writeFile(`${file}.new`, `{${Array.from(secrets, ([path, values]) => spellSecret(path, values)).join()}}`);
    await rename(`${file}.new`, file);
  };
  const takeOut = async (path: string, n: number): Promise<void> => {
    secrets.set(path, secrets.get(path)?.with(n - 1, undefined) ?? []);
    await write();
  };
  await write();
  const log = new RecordingLog();
  return {
    provider: await startProvider(file, log),
    seed: async (path, values) => {
      secrets.set(path, [...(secrets.get(path) ?? []), ...values]);
      await write();
    },
    deleteVersion: takeOut,
    destroyVersion: takeOut,
    versionIds: { missing: 'v999', malformed: 'no id' },
    printed: () => log.text(),
    close: () => rm(folder, { recursive: true }),
  };
}

function spellSecret(path: string, values: readonly (Value | undefined)[]): string {
  const versions = values.map((value, index) =>
    value === undefined ? [] : [`{"id":"v${index + 1}", "value":${spellValue(value)}}`],
  );
  return `${JSON.stringify(path)}: {"versions":[${versions.flat().join()}]}`;
}

function spellValue(value: Value): string {
  if (typeof value !== 'string') return JSON.stringify({ base64: Buffer.from(value).toString('base64') });
  return isJsonDocument(value) ? value : JSON.stringify(value);
}

/** A file for each secret; the versions are those that the provider has seen. */
async function createDirectory(): Promise<Harness> {
  const folder = await mkdtemp(join(tmpdir(), 'keyfob-contract-'));
  const root = join(folder, 'secrets');
  await mkdir(root);
  const log = new RecordingLog();
  const provider = await startProvider(root, log);
  return {
    provider,
    seed: async (path, values) => {
      await mkdir(dirname(join(root, path)), { recursive: true });
      for (const value of values) {
        await writeFile(join(folder, 'new'), value);
        await rename(join(folder, 'new'), join(root, path));
        await provider.health({ signal: new AbortController().signal });
      }
    },
    versionIds: { missing: 'f'.repeat(32), malformed: 'no id' },
    printed: () => log.text(),
    close: () => rm(folder, { recursive: true }),
  };
}

const fileExceptions: ContractConfig['unsupported'] = {
  'a refused secret is AccessError': noRefusal,
  'the history tells that a version is deleted': forgotten,
  'the history tells that a version is destroyed': forgotten,
};

const directoryExceptions: ContractConfig['unsupported'] = {
  'a refused secret is AccessError': noRefusal,
  'the previous version is one that can be read': noDeletion,
  'a deleted version is VersionNotFound': noDeletion,
  'a destroyed version is VersionNotFound': noDeletion,
  'the history tells that a version is deleted': noDeletion,
  'the history tells that a version is destroyed': noDeletion,
};

for (const name of ['secrets.yaml', 'secrets.json'])
  await providerContract(t, { name, create: () => createFile(name), unsupported: fileExceptions });
await providerContract(t, { name: 'a directory', create: createDirectory, unsupported: directoryExceptions });
