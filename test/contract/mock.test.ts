import t from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import type { SecretProvider } from '../../src/core/provider.ts';
import { Redacted } from '../../src/core/redacted.ts';
import { live } from '../../src/simulation/backings.ts';
import type { CassetteLine } from '../../src/simulation/cassette/cassette-line.ts';
import { Recorder } from '../../src/simulation/cassette/recorder.ts';
import { Faker } from '../../src/simulation/fake/faker.ts';
import { intercept } from '../../src/simulation/intercept.ts';
import { createMockProvider } from '../../src/simulation/mock/mock-provider.ts';
import { MockStore } from '../../src/simulation/mock/mock-store.ts';
import { Simulation } from '../../src/simulation/simulation.ts';
import type { Harness } from './contract-case.ts';
import { type ContractConfig, providerContract } from './provider-contract.ts';

const noDeletion = { reason: 'a mock forgets a secret, not one of its versions' } as const;

const unsupported: ContractConfig['unsupported'] = {
  'a refused secret is AccessError': { reason: 'that is a fault' },
  'the previous version is one that can be read': noDeletion,
  'a deleted version is VersionNotFound': noDeletion,
  'a destroyed version is VersionNotFound': noDeletion,
  'the history tells that a version is deleted': noDeletion,
  'the history tells that a version is destroyed': noDeletion,
};

/** Puts something between the mock and the suite, and tells what that has written. */
type Wrap = (provider: SecretProvider) => { readonly provider: SecretProvider; readonly printed: () => string };

async function create(wrap: Wrap): Promise<Harness> {
  const mock = new MockStore(systemClock, undefined);
  const inner = createMockProvider({ name: 'mock', type: 'vault', mock, seed: 1 });
  const { provider, printed } = wrap(inner);
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
    printed,
    close: async () => mock.close(),
  };
}

/** A simulation whose faults happen to other paths: everything goes through its dice and its log. */
function simulated(provider: SecretProvider): ReturnType<Wrap> {
  const faults = { seed: 1, faults: [{ path: 'elsewhere/**', errorRate: 1 }] };
  const simulation = new Simulation({ mode: 'live', faults, backing: live, clock: systemClock });
  return {
    provider: simulation.provide({ name: 'mock', label: 'mock', type: 'vault', create: () => provider }),
    printed: () => JSON.stringify(simulation.log({ limit: 10_000 })),
  };
}

function recorded(provider: SecretProvider): ReturnType<Wrap> {
  const lines: CassetteLine[] = [];
  const faker = new Faker(Buffer.alloc(32, 7));
  const recorder = new Recorder({
    clock: systemClock,
    write: (line) => lines.push(line),
    keep: (value) => faker.value(value),
  });
  const interceptor = recorder.before('mock');
  return {
    provider: intercept(provider, { interceptor, toPath: (native) => native }),
    printed: () => JSON.stringify(lines),
  };
}

for (const [name, wrap] of [
  ['mock', (provider) => ({ provider, printed: () => '' })],
  ['mock, with faults elsewhere', simulated],
  ['mock, recorded', recorded],
] as const satisfies readonly (readonly [string, Wrap])[])
  await providerContract(t, { name, create: () => create(wrap), unsupported });
