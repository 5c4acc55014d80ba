import { ProviderError } from '../core/errors/provider-error.ts';
import { RequestError } from '../core/errors/request-error.ts';
import type { Log } from '../core/log.ts';
import type { Location, SecretProvider, SecretStore } from '../core/provider.ts';
import type { Selector } from '../core/selector.ts';
import { namesOf } from './names-of.ts';

/** A provider that says what it would ask, and asks nothing: it is never started, so it does not even log in. */
export function createDryRun(provider: SecretProvider, label: string, log: Log): SecretProvider {
  const { name, type } = provider;
  const refuse = (what: string): Promise<never> => {
    const message = `dry run: provider '${label}' would be asked for ${what}`;
    log.info({ provider: label }, message);
    return Promise.reject(new RequestError('DryRun', message));
  };
  const toStore = (store: SecretStore): SecretStore => ({
    locate: (path, selector) => locate(store, path, selector),
    get: ({ id, selector }) => refuse(`the ${describe(selector)} of '${id}'`),
    list: ({ prefix }) => refuse(`the names under '${prefix}'`),
    describe: (id) => refuse(`a description of '${id}'`),
    versions: (id) => refuse(`the versions of '${id}'`),
    rotate: (id) => refuse(`a rotation of '${id}'`),
  });
  return {
    ...toStore(provider),
    ...namesOf(provider),
    name,
    type,
    within: (scope) => toStore(provider.within?.(scope) ?? provider),
    health: () => Promise.resolve([]),
    status: () => ({}),
    start: () => Promise.resolve(),
    close: () => provider.close(),
  };
}

/** What only the store could tell of the place is left as it was asked for. */
function locate(store: SecretStore, path: string, selector: Selector): Location {
  try {
    return store.locate(path, selector);
  } catch (error) {
    if (error instanceof ProviderError) return { id: path, selector };
    throw error;
  }
}

function describe({ version, stage }: Selector): string {
  if (version !== undefined) return `version '${version}'`;
  return stage === undefined ? 'current version' : `stage '${stage}'`;
}
