import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import type { ListQuery, Location, ProviderTools, VersionsQuery } from '../../core/provider.ts';
import type { Page, Secret, SecretMetadata, SecretVersion } from '../../core/secret.ts';
import type { VaultClient } from './client.ts';
import type { KvEngine } from './kv-engine.ts';
import { listKv } from './kv-list.ts';
import { keepTagged, MAX_DESCRIBED } from './kv-tagged.ts';
import { Kv1 } from './kv1.ts';
import { Kv2 } from './kv2.ts';
import { MountVersion, type KvVersion } from './mount-version.ts';
import type { ToVersionId } from './version-id.ts';
import { encodePath } from './wire.ts';

export interface KvMountOptions {
  readonly client: VaultClient;
  /** Without slashes at its ends. */
  readonly mount: string;
  /** Detected when left out. */
  readonly kvVersion?: KvVersion;
  readonly tools: ProviderTools;
  readonly toVersionId: ToVersionId;
}

/** The secrets of a KV engine of either version. */
export class KvMount {
  readonly #version: MountVersion;
  readonly #configured: KvVersion | undefined;
  readonly #engines: Readonly<Record<KvVersion, KvEngine>>;

  constructor({ kvVersion, tools, ...options }: KvMountOptions) {
    this.#configured = kvVersion;
    this.#version = new MountVersion({ ...options, tools });
    const onOtherVersion = (): void => this.#version.forget();
    this.#engines = { 1: new Kv1({ ...options, onOtherVersion }), 2: new Kv2({ ...options, clock: tools.clock }) };
  }

  async read(location: Location, signal: AbortSignal): Promise<Secret> {
    return (await this.#engineFor(encodePath(location.id), signal)).read(location, signal);
  }

  async list(query: ListQuery, signal: AbortSignal): Promise<Page<SecretMetadata>> {
    const engine = await this.#engineFor('?list=true', signal);
    const readFolder = (folder: string): Promise<readonly string[]> => engine.folder(folder, signal);
    if (Object.keys(query.tags).length === 0) return listKv(query, readFolder);
    if (!engine.hasTags)
      throw new ConfigurationError('InvalidProvider', "secrets cannot be listed by 'tag': KV version 1 has no tags");
    const page = await listKv({ ...query, limit: Math.min(query.limit, MAX_DESCRIBED) }, readFolder);
    return keepTagged(page, query.tags, (id) => engine.describe(id, signal));
  }

  async describe(id: string, signal: AbortSignal): Promise<SecretMetadata> {
    return (await this.#engineFor(encodePath(id), signal)).describe(id, signal);
  }

  async versions(id: string, query: VersionsQuery, signal: AbortSignal): Promise<Page<SecretVersion>> {
    const engine = await this.#engineFor(encodePath(id), signal);
    const all = await engine.versions(id, signal);
    const below = query.cursor === undefined ? Infinity : Number(query.cursor);
    const rest = all.filter(({ version }) => Number(version) < below);
    const items = rest.slice(0, query.limit);
    const last = items.at(-1);
    return { items, ...(rest.length > items.length && last !== undefined && { nextCursor: last.version }) };
  }

  async #engineFor(path: string, signal: AbortSignal): Promise<KvEngine> {
    return this.#engines[this.#configured ?? (await this.#version.find(path, signal))];
  }
}
