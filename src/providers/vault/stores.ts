import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import type { ProviderTools, Scope } from '../../core/provider.ts';
import type { VaultClient } from './client.ts';
import { mountProblem, trimSlashes } from './mount-path.ts';
import type { VaultOptions } from './options.ts';
import type { LifeOfToken } from './secret-lease.ts';
import { VaultStore } from './vault-store.ts';
import { createVersionId } from './version-id.ts';

export interface StoresOptions {
  /** Asks in the namespace of the instance, unless told another. */
  readonly client: VaultClient;
  readonly lifeOf: LifeOfToken;
  readonly tools: ProviderTools;
}

/** Gives the store of a scope, the same for the same scope, so that a mount's version is looked for once. */
export type Stores = (scope: Scope) => VaultStore;

export function createStores(vault: VaultOptions, { client, ...options }: StoresOptions): Stores {
  const toVersionId = createVersionId();
  const known = new Map<string, VaultStore>();
  const create = (namespace: string | undefined, mount: string): VaultStore => {
    const { kvVersion, leased, rotate } = vault;
    return new VaultStore({
      ...options,
      leased,
      rotate,
      mount,
      // The configured version is that of the configured mount.
      ...(kvVersion !== undefined && mount === vault.mount && { kvVersion }),
      client: (ask, signal) => client({ ...ask, ...(namespace !== undefined && { namespace }) }, signal),
      toVersionId: (...parts) => toVersionId(namespace ?? '', ...parts),
    });
  };
  return (scope) => {
    const namespace = scope.namespace === undefined ? vault.namespace : trimSlashes(scope.namespace);
    const mount = trimSlashes(scope.mount ?? vault.mount);
    const problem = mountProblem(mount);
    if (problem !== undefined) throw new ConfigurationError('InvalidProvider', `'mount' of a path mapping ${problem}`);
    const key = JSON.stringify([namespace ?? null, mount]);
    const store = known.get(key) ?? create(namespace, mount);
    known.set(key, store);
    return store;
  };
}
