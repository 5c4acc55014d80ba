import { SecretNotFoundError } from '../../core/errors/secret-not-found-error.ts';
import { createHeldProvider } from '../../core/held/held-provider.ts';
import type { SecretProvider } from '../../core/provider.ts';
import { rotateValue } from '../fake/rotate-value.ts';
import type { MockStore } from './mock-store.ts';

export interface MockProviderOptions {
  /** Those of the provider it stands in for. */
  readonly name: string;
  readonly type: string;
  readonly mock: MockStore;
  /** Of the simulation: what a rotation makes follows from it. */
  readonly seed: number;
}

/** Reads from the mock, and rotates at once. */
export function createMockProvider({ name, type, mock, seed }: MockProviderOptions): SecretProvider {
  return createHeldProvider({
    name,
    type,
    // The store is there for all of them, and stays when one goes.
    source: { open: (onChange) => mock.open(onChange), secrets: () => mock.secrets(), close: () => undefined },
    rotate: async (id) => {
      const secret = (await mock.secrets()).get(id);
      if (secret === undefined)
        throw new SecretNotFoundError('SecretDoesNotExist', `the secret '${id}' does not exist`);
      const { current, versions } = secret;
      const value = rotateValue(current.value, [seed, id, 'rotate', versions.length]);
      const { version } = await mock.put(id, { value, stages: ['current'] });
      return { triggered: true, versionId: version, status: 'completed' };
    },
  });
}
