import t from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import { Redacted } from '../../src/core/redacted.ts';
import { createMockProvider } from '../../src/simulation/mock/mock-provider.ts';
import { MockStore } from '../../src/simulation/mock/mock-store.ts';
import type { Harness } from './contract-case.ts';
import { providerContract } from './provider-contract.ts';

const noDeletion = { reason: 'a mock forgets a secret, not one of its versions' } as const;

async function create(): Promise<Harness> {
  const mock = new MockStore(systemClock, undefined);
  const provider = createMockProvider({ name: 'mock', type: 'vault', mock, seed: () => 1 });
  await provider.start(() => undefined);
  return {
    provider,
    rotates: true,
    seed: async (path, values) => {
      for (const content of values) {
        const value = typeof content === 'string' ? new Redacted(content) : new Redacted(content);
        await mock.put(path, { value, stages: ['current'] });
      }
    },
    versionIds: { missing: 'mock-v999', malformed: 'no id' },
    printed: () => '',
    close: async () => mock.close(),
  };
}

await providerContract(t, {
  name: 'mock',
  create,
  unsupported: {
    'a refused secret is AccessError': { reason: 'that is a fault' },
    'the previous version is one that can be read': noDeletion,
    'a deleted version is VersionNotFound': noDeletion,
    'a destroyed version is VersionNotFound': noDeletion,
    'the history tells that a version is deleted': noDeletion,
    'the history tells that a version is destroyed': noDeletion,
  },
});
