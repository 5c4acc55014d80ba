import { waitFor } from '../../core/abort.ts';
import { RotationError } from '../../core/errors/rotation-error.ts';
import { SecretNotFoundError } from '../../core/errors/secret-not-found-error.ts';
import type { ListQuery, ProviderKind, SecretProvider, VersionsQuery } from '../../core/provider.ts';
import type { Page, Secret, SecretMetadata, SecretVersion } from '../../core/secret.ts';
import type { Selector } from '../../core/selector.ts';
import type { HeldSecret } from './held-secret.ts';
import { LocalStore } from './local-store.ts';
import { locateLocal } from './locate.ts';
import { localSchema, parseLocalOptions } from './options.ts';
import { pageOf } from '../../core/page-of.ts';
import { selectVersion } from './select-version.ts';
import { toMetadata } from './to-metadata.ts';

/** Secrets in a file or a directory, for laptops, tests and mounted Kubernetes Secrets. */
export const localProvider: ProviderKind = {
  type: 'local',
  schema: localSchema,
  create(name, options, tools) {
    const store = new LocalStore(parseLocalOptions(options).path, name, tools);
    const secrets = (signal: AbortSignal): ReturnType<LocalStore['secrets']> => waitFor(store.secrets(), signal);
    const find = async (id: string, signal: AbortSignal): Promise<HeldSecret> =>
      found((await secrets(signal)).get(id), id);
    return {
      name,
      type: 'local',
      locate: locateLocal,
      get: async ({ id, selector }, { signal }) => toSecret(await find(id, signal), selector),
      list: async (query, { signal }) => listPage(await secrets(signal), query),
      describe: async (id, { signal }) => toMetadata(await find(id, signal)),
      versions: async (id, query, { signal }) => versionsPage(await find(id, signal), query),
      rotate: () => Promise.reject(new RotationError('RotationNotConfigured', 'a local secrets file cannot rotate')),
      // A damaged file is a matter of the log: reads still answer from its last good state.
      health: async ({ signal }) => {
        await secrets(signal);
        return [];
      },
      status: () => ({}),
      start: (onChange) => store.open(onChange),
      close: async () => store.close(),
    } satisfies SecretProvider;
  },
};

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

function listPage(secrets: ReadonlyMap<string, HeldSecret>, query: ListQuery): Page<SecretMetadata> {
  const { prefix, tags, limit, cursor } = query;
  const matching = [...secrets.values()].filter(
    (secret) =>
      secret.path.startsWith(prefix) && (cursor === undefined || secret.path > cursor) && hasTags(secret, tags),
  );
  return pageOf(matching.map(toMetadata), limit, (metadata) => metadata.name);
}

const hasTags = ({ tags = {} }: HeldSecret, wanted: ListQuery['tags']): boolean =>
  Object.entries(wanted).every(([name, value]) => Object.hasOwn(tags, name) && tags[name] === value);

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
