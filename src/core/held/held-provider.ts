import { waitFor } from '../abort.ts';
import { SecretNotFoundError } from '../errors/secret-not-found-error.ts';
import { pageOf } from '../page-of.ts';
import type { ListQuery, OnStoreChange, SecretProvider, VersionsQuery } from '../provider.ts';
import type { Page, Secret, SecretMetadata, SecretVersion } from '../secret.ts';
import type { Selector } from '../selector.ts';
import type { HeldSecret } from './held-secret.ts';
import { locateHeld } from './locate-held.ts';
import { selectVersion } from './select-version.ts';
import { toMetadata } from './to-metadata.ts';

/** Secrets by path, in the order of their names. */
export type HeldSecrets = ReadonlyMap<string, HeldSecret>;

/** Where secrets that are held in memory come from. */
export interface HeldSource {
  /** @throws ConfigurationError when there is nothing that can be read */
  open(onChange: OnStoreChange): Promise<void>;
  /** As they are now. */
  secrets(): Promise<HeldSecrets>;
  close(): void;
}

export interface HeldProviderOptions extends Pick<SecretProvider, 'name' | 'type' | 'rotate'> {
  readonly source: HeldSource;
}

/** A provider that reads from memory. */
export function createHeldProvider({ name, type, source, rotate }: HeldProviderOptions): SecretProvider {
  const secrets = (signal: AbortSignal): Promise<HeldSecrets> => waitFor(source.secrets(), signal);
  const find = async (id: string, signal: AbortSignal): Promise<HeldSecret> =>
    found((await secrets(signal)).get(id), id);
  return {
    name,
    type,
    locate: locateHeld,
    get: async ({ id, selector }, { signal }) => toSecret(await find(id, signal), selector),
    list: async (query, { signal }) => listPage(await secrets(signal), query),
    describe: async (id, { signal }) => toMetadata(await find(id, signal)),
    versions: async (id, query, { signal }) => versionsPage(await find(id, signal), query),
    rotate,
    // A damaged file is a matter of the log: reads still answer from its last good state.
    health: async ({ signal }) => {
      await secrets(signal);
      return [];
    },
    status: () => ({}),
    start: (onChange) => source.open(onChange),
    close: async () => source.close(),
  };
}

function found(secret: HeldSecret | undefined, id: string): HeldSecret {
  if (secret === undefined) throw new SecretNotFoundError('SecretDoesNotExist', `the secret '${id}' does not exist`);
  return secret;
}

function toSecret(secret: HeldSecret, selector: Selector): Secret {
  const { id, value, stages, createdAt } = selectVersion(secret, selector);
  const isCurrent = id === secret.current.id;
  return {
    value,
    version: id,
    stages,
    ...(createdAt !== undefined && { createdAt }),
    ...(isCurrent && secret.updatedAt !== undefined && { updatedAt: secret.updatedAt }),
    metadata: toMetadata(secret),
  };
}

function listPage(secrets: HeldSecrets, query: ListQuery): Page<SecretMetadata> {
  const { prefix, tags, limit, cursor } = query;
  const wanted = Object.entries(tags);
  const found: HeldSecret[] = [];
  for (const secret of secrets.values()) {
    const { path } = secret;
    if (!path.startsWith(prefix) || (cursor !== undefined && path <= cursor) || !hasTags(secret, wanted)) continue;
    found.push(secret);
    // One more than was asked for tells that more follow; ten thousand would hold up who reads meanwhile.
    if (found.length > limit) break;
  }
  const page = pageOf(found, limit, ({ path }) => path);
  return { ...page, items: page.items.map(toMetadata) };
}

const hasTags = ({ tags = {} }: HeldSecret, wanted: readonly (readonly [string, string])[]): boolean =>
  wanted.every(([name, value]) => Object.hasOwn(tags, name) && tags[name] === value);

function versionsPage({ versions }: HeldSecret, { limit, cursor }: VersionsQuery): Page<SecretVersion> {
  const start = cursor === undefined ? 0 : versions.findIndex(({ id }) => id === cursor) + 1;
  // The oldest versions of a plain value are dropped, so nothing is left after one that is gone.
  const rest = cursor !== undefined && start === 0 ? [] : versions.slice(start);
  return pageOf(rest.map(toRow), limit, ({ version }) => version);
}

const toRow = ({ id, stages, createdAt }: HeldSecret['current']): SecretVersion => ({
  version: id,
  stages,
  ...(createdAt !== undefined && { createdAt }),
  state: 'enabled',
});
