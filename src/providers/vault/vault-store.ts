import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import type { Call } from '../../core/call.ts';
import type {
  ListQuery,
  Location,
  ProviderTools,
  RotateCall,
  SecretStore,
  VersionsQuery,
} from '../../core/provider.ts';
import type { Page, RotationResult, Secret, SecretMetadata, SecretVersion } from '../../core/secret.ts';
import type { Selector } from '../../core/selector.ts';
import type { VaultClient } from './client.ts';
import { KvMount } from './kv-mount.ts';
import { locateKv } from './kv-path.ts';
import { LeasedPaths } from './leased-paths.ts';
import type { VaultOptions } from './options.ts';
import { rotate } from './rotate.ts';
import type { LifeOfToken } from './secret-lease.ts';
import type { ToVersionId } from './version-id.ts';

export interface VaultStoreOptions extends Pick<VaultOptions, 'mount' | 'kvVersion' | 'leased' | 'rotate'> {
  /** Asks in the namespace of this place. */
  readonly client: VaultClient;
  readonly lifeOf: LifeOfToken;
  readonly tools: ProviderTools;
  readonly toVersionId: ToVersionId;
}

/** The secrets of one namespace: those of one KV engine, and the paths outside it that are read as they are. */
export class VaultStore implements SecretStore {
  readonly #options: VaultStoreOptions;
  readonly #kv: KvMount;
  readonly #leased: LeasedPaths;

  constructor(options: VaultStoreOptions) {
    this.#options = options;
    this.#kv = new KvMount(options);
    this.#leased = new LeasedPaths({ ...options, clock: options.tools.clock, patterns: options.leased });
  }

  locate(path: string, selector: Selector): Location {
    return this.#leased.has(path) ? this.#leased.locate(path, selector) : locateKv(path, selector);
  }

  get(location: Location, { signal }: Call): Promise<Secret> {
    return this.#leased.has(location.id) ? this.#leased.read(location, signal) : this.#kv.read(location, signal);
  }

  async list(query: ListQuery, { signal }: Call): Promise<Page<SecretMetadata>> {
    const { prefix } = query;
    if (this.#leased.has(`${prefix}x`))
      throw new ConfigurationError('InvalidProvider', `what is below '${prefix}' is made anew by each read: no list`);
    return this.#kv.list(query, signal);
  }

  async describe(id: string, { signal }: Call): Promise<SecretMetadata> {
    this.#assertKept(id);
    return this.#kv.describe(id, signal);
  }

  async versions(id: string, query: VersionsQuery, { signal }: Call): Promise<Page<SecretVersion>> {
    this.#assertKept(id);
    return this.#kv.versions(id, query, signal);
  }

  rotate(id: string, { signal }: RotateCall): Promise<RotationResult> {
    const { client, rotate: rules } = this.#options;
    return rotate({ client, rules }, id, signal);
  }

  /** To ask for the metadata of such a path would make the store lend a value. */
  #assertKept(id: string): void {
    if (this.#leased.has(id))
      throw new ConfigurationError(
        'InvalidProvider',
        `'${id}' is made anew by each read: it has no metadata and no history`,
      );
  }
}
