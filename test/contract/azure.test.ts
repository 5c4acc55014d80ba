import t from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import { azureProvider } from '../../src/providers/azure/provider.ts';
import { startFakeAzure } from '../fakes/fake-azure.ts';
import { makeCertificate } from '../fakes/make-certificate.ts';
import type { Harness } from './contract-case.ts';
import { type ContractConfig, providerContract } from './provider-contract.ts';
import { RecordingLog } from './recording-log.ts';

const noDeletion = { reason: 'versions cannot be deleted one by one, only disabled' } as const;

const unsupported: ContractConfig['unsupported'] = {
  'bytes that are no UTF-8 are kept': { reason: 'a value is text' },
  'a value of 900 KiB is kept': { reason: 'a value has 25 KB at most' },
  'an unusual name is read and listed': { reason: 'a name has letters, digits and hyphens only' },
  'a missing secret is SecretDoesNotExist': {
    reason: "the path '__proto__' cannot name a secret",
    error: 'RequestError/InvalidPath',
  },
  'the previous version is one that can be read': noDeletion,
  'a deleted version is VersionNotFound': noDeletion,
  'a destroyed version is VersionNotFound': noDeletion,
  'the history tells that a version is deleted': noDeletion,
  'the history tells that a version is destroyed': noDeletion,
};

const files = await makeCertificate(t.testdir(), 'azure', 'DNS:localhost,IP:127.0.0.1');

async function create(): Promise<Harness> {
  const azure = await startFakeAzure(systemClock, files);
  // The vault lists in pages, some of them empty.
  azure.vault.hasEmptyPages = true;
  const log = new RecordingLog();
  const options = { ...azure.options, tls: { ca: files.cert } };
  const provider = azureProvider.create('azure', options, { clock: systemClock, log, recordIdentityCall: () => {} });
  await provider.start(() => {});
  return {
    provider,
    seed: async (path, values) => {
      for (const value of values) {
        if (typeof value !== 'string') throw new TypeError('a value is text');
        azure.vault.secrets.set(path.replaceAll('/', '--'), value);
      }
    },
    refuse: async (path) => void azure.vault.denied.add(path.replaceAll('/', '--')),
    versionIds: { missing: 'f'.repeat(32), malformed: 'f'.repeat(31) },
    printed: () => log.text(),
    close: () => azure.close(),
  };
}

await providerContract(t, { name: 'azure', create, unsupported });
