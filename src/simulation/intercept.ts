import type { Call } from '../core/call.ts';
import type { Location, Scope, SecretProvider, SecretStore } from '../core/provider.ts';
import type { Secret } from '../core/secret.ts';
import { namesOf } from './names-of.ts';
import { StoreAsker, type StoreAskerOptions } from './store-asker.ts';

/**
 * The same provider, with an interceptor between it and whoever asks it. Several secrets are asked for one by one, so
 * that each has its own fate.
 */
export function intercept(provider: SecretProvider, options: StoreAskerOptions): SecretProvider {
  const asker = new StoreAsker(options, {});
  const { name, type, isRotationIdempotent } = provider;
  return {
    ...interceptStore(provider, asker),
    ...namesOf(provider),
    name,
    type,
    ...(isRotationIdempotent !== undefined && { isRotationIdempotent }),
    within: (scope: Scope) => interceptStore(provider.within?.(scope) ?? provider, new StoreAsker(options, scope)),
    health: (call) => asker.ask({ name: 'health', subject: '', path: '', args: {}, call }, () => provider.health(call)),
    status: () => provider.status(),
    start: (onChange) => provider.start(onChange),
    close: () => provider.close(),
  };
}

function interceptStore(store: SecretStore, asker: StoreAsker): SecretStore {
  const get = (location: Location, call: Call): Promise<Secret> =>
    asker.ask({ name: 'get', ...asker.about(location.id), args: location, call }, (args) => store.get(args, call));
  return {
    locate: (path, selector) => asker.locate(store, path, selector),
    get: async (location, call) => withLease(asker, location, await get(location, call)),
    list: (query, call) =>
      asker.ask({ name: 'list', ...asker.under(query.prefix), args: query, call }, (args) => store.list(args, call)),
    describe: (id, call) =>
      asker.ask({ name: 'describe', ...asker.about(id), args: { id }, call }, () => store.describe(id, call)),
    versions: (id, query, call) =>
      asker.ask({ name: 'versions', ...asker.about(id), args: { id, ...query }, call }, () =>
        store.versions(id, query, call),
      ),
    rotate: (id, call) =>
      asker.ask({ name: 'rotate', ...asker.about(id), args: { id }, call }, () => store.rotate(id, call)),
  };
}

/** The calls of a lease are calls to the store, too. */
function withLease(asker: StoreAsker, location: Location, secret: Secret): Secret {
  const { lease } = secret;
  if (lease === undefined) return secret;
  const about = { ...asker.about(location.id), args: location };
  return {
    ...secret,
    lease: {
      durationMs: lease.durationMs,
      isRenewable: lease.isRenewable,
      renew: (call) => asker.ask({ name: 'renew', ...about, call }, () => lease.renew(call)),
      giveBack: (call) =>
        asker.ask({ name: 'return', ...about, call }, async () => {
          await lease.giveBack(call);
          return undefined;
        }),
    },
  };
}
