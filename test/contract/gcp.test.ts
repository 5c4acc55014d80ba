import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import { gcpProvider } from '../../src/providers/gcp/provider.ts';
import { toSecretId } from '../../src/providers/gcp/secret-name.ts';
import { FakeGcpAuthority } from '../fakes/fake-gcp-authority.ts';
import { FakeGcpSecretManager } from '../fakes/fake-gcp-secret-manager.ts';
import type { Harness } from './contract-case.ts';
import { type ContractConfig, type Exception, providerContract } from './provider-contract.ts';
import { RecordingLog } from './recording-log.ts';

const EMAIL = 'keyfob@shop.iam.gserviceaccount.com';

const unsupported: ContractConfig['unsupported'] = {
  'a value of 900 KiB is kept': { reason: 'a payload has 64 KiB at most' },
  'an unusual name is read and listed': { reason: "an id has letters, digits, '_' and '-' only" },
  'a deleted version is VersionNotFound': { reason: 'a version is disabled or destroyed, never deleted' },
  'the history tells that a version is deleted': { reason: 'a version is disabled or destroyed, never deleted' },
};

const previousDisabled: Exception = { reason: 'a version is disabled or destroyed, never deleted' };

interface Variant {
  readonly latestPolicy: 'enabled' | 'strict';
  readonly location?: string;
  readonly emptyPages?: boolean;
}

async function createHarness({ latestPolicy, location, emptyPages = false }: Variant): Promise<Harness> {
  const folder = await mkdtemp(join(tmpdir(), 'keyfob-gcp-'));
  const authority = new FakeGcpAuthority();
  authority.addAccount(EMAIL);
  const file = join(folder, 'key.json');
  await writeFile(file, JSON.stringify(authority.keyFile(EMAIL)));
  const manager = new FakeGcpSecretManager(authority, location);
  manager.conditions.emptyPages = emptyPages;
  const server = await manager.start();
  const log = new RecordingLog();
  const options = {
    project: 'shop',
    ...(location !== undefined && { location }),
    endpoint: server.origin,
    latestPolicy,
    auth: { method: 'service-account', file },
    universeDomain: 'googleapis.com',
    allowExecutable: false,
    insecure: false,
  };
  const provider = gcpProvider.create('gcp', options, { clock: systemClock, log, recordIdentityCall: () => {} });
  await provider.start(() => {});
  return {
    provider,
    seed: async (path, values) => void manager.store.add(toSecretId(path), ...values),
    destroyVersion: async (path, n) => manager.store.setState(toSecretId(path), n, 'DESTROYED'),
    refuse: async (path) => manager.iam.refuse(toSecretId(path)),
    versionIds: { missing: '999', malformed: 'v1' },
    printed: () => log.text(),
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

const variants: readonly (readonly [name: string, variant: Variant])[] = [
  ['gcp', { latestPolicy: 'enabled' }],
  ['gcp, strict, with empty pages', { latestPolicy: 'strict', emptyPages: true }],
  ['gcp, regional', { latestPolicy: 'enabled', location: 'europe-west3' }],
];

for (const [name, variant] of variants)
  await providerContract(t, {
    name,
    create: () => createHarness(variant),
    unsupported: { ...unsupported, 'the previous version is one that can be read': previousDisabled },
  });
