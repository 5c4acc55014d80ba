// A store of one's own: secrets in the program's memory.
import {
  type Call,
  type CustomProviderConfig,
  type ListQuery,
  type Location,
  type Page,
  type ProviderKind,
  Redacted,
  RotationError,
  type Secret,
  type SecretProvider,
  SecretNotFoundError,
  type SecretVersion,
  type Selector,
  type StoreMetadata,
} from 'keyfob';

/** One entry of `providers`. */
export interface MemoryConfig extends CustomProviderConfig {
  readonly type: 'memory';
  readonly secrets: Readonly<Record<string, string>>;
}

export const memoryKind: ProviderKind = {
  type: 'memory',
  schema: {
    properties: { secrets: { type: 'object', additionalProperties: { type: 'string' } } },
    required: ['secrets'],
  },
  // What comes here fits the schema.
  create: (name, options) => new MemoryProvider(name, new Map(Object.entries((options as MemoryConfig).secrets))),
};

class MemoryProvider implements SecretProvider {
  readonly type = 'memory';
  readonly name: string;
  readonly #secrets: ReadonlyMap<string, string>;

  constructor(name: string, secrets: ReadonlyMap<string, string>) {
    this.name = name;
    this.#secrets = secrets;
  }

  locate(path: string, selector: Selector): Location {
    return { id: path, selector };
  }

  async get({ id, selector }: Location, _call: Call): Promise<Secret> {
    const value = this.#secrets.get(id);
    if (value === undefined) throw new SecretNotFoundError('SecretDoesNotExist', `there is no '${id}'`);
    if (selector.version !== undefined && selector.version !== '1')
      throw new SecretNotFoundError('VersionNotFound', `'${id}' has one version`);
    return { value: new Redacted(value), version: '1', stages: ['current'], metadata: { name: id } };
  }

  async list({ prefix, limit, cursor = '' }: ListQuery): Promise<Page<StoreMetadata>> {
    const names = [...this.#secrets.keys()].filter((name) => name.startsWith(prefix) && name > cursor).sort();
    const page = names.slice(0, limit);
    const last = page.at(-1);
    const items = page.map((name) => ({ name }));
    return names.length > limit && last !== undefined ? { items, nextCursor: last } : { items };
  }

  async describe(id: string, call: Call): Promise<StoreMetadata> {
    const { metadata, version } = await this.get({ id, selector: {} }, call);
    return { ...metadata, currentVersion: version };
  }

  async versions(id: string, _query: unknown, call: Call): Promise<Page<SecretVersion>> {
    const { version, stages } = await this.get({ id, selector: {} }, call);
    return { items: [{ version, stages, state: 'enabled' }] };
  }

  async rotate(): Promise<never> {
    throw new RotationError('RotationNotConfigured', 'what is in memory cannot rotate');
  }

  async health(): Promise<readonly string[]> {
    return ['it is in memory'];
  }

  status() {
    return {};
  }

  async start(): Promise<void> {}

  async close(): Promise<void> {}
}
