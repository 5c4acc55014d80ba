import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { CacheFile } from '../cache/persistence/cache-file.ts';
import { SecretCache } from '../cache/secret-cache.ts';
import type { Config } from '../config/config.ts';
import { readSymmetricKey } from '../core/symmetric-key.ts';
import type { Composition, KeptCache, Surroundings } from './composition.ts';

const KEY_PURPOSE = { setting: 'cache.persistence', code: 'InvalidCacheConfig' } as const;

/**
 * The cache of the previous composition where nothing about it has changed; else a new one with its entries, or at the
 * start with those of the file.
 * @throws ConfigurationError for a key that cannot be read
 */
export async function openCache(around: Surroundings, config: Config, previous?: Composition): Promise<KeptCache> {
  const bindings = toBindings(config);
  const isSame =
    previous !== undefined &&
    isDeepStrictEqual(previous.config.cache, config.cache) &&
    isDeepStrictEqual(toBindings(previous.config), bindings);
  if (isSame) return toKept(previous);
  const { clock, log, random, metrics } = around;
  let cacheFile: CacheFile | undefined;
  const cache = new SecretCache({
    clock,
    random,
    onEvict: (provider, reason) => metrics.cacheEvictions.inc({ provider, reason }),
    onChange: () => cacheFile?.changed(),
    ...config.cache,
  });
  if (previous !== undefined) cache.adopt(previous.cache);
  const { persistence } = config.cache;
  if (persistence === undefined || isMadeUp(config)) return { cache };
  const { file, key, previousKeys } = persistence;
  cacheFile = new CacheFile({
    file,
    readKey: () => readSymmetricKey(key, KEY_PURPOSE),
    readPreviousKeys: () => Promise.all(previousKeys.map((earlier) => readSymmetricKey(earlier, KEY_PURPOSE))),
    bindings,
    cache,
    clock,
    log,
    onError: () => metrics.persistenceErrors.inc(),
  });
  await cacheFile.load();
  return { cache, cacheFile };
}

/** What is made up must not be found by a daemon that is real, nor take the place of what that one keeps. */
const isMadeUp = ({ simulation }: Config): boolean =>
  simulation !== undefined && simulation.mode !== 'live' && simulation.mode !== 'record';

const toKept = ({ cache, cacheFile }: KeptCache): KeptCache =>
  cacheFile === undefined ? { cache } : { cache, cacheFile };

/** Entries are worth nothing to a provider that is configured in another way: the store may be another one. */
function toBindings({ providers, environment }: Config): ReadonlyMap<string, string> {
  return new Map(
    providers.map(({ name, type, options }) => {
      const settings = JSON.stringify([name, type, options, environment ?? null]);
      return [name, createHash('sha256').update(settings).digest('base64url')];
    }),
  );
}
