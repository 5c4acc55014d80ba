import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { CacheFile } from '../../../src/cache/persistence/cache-file.ts';
import type { SecretCache, SecretCacheOptions } from '../../../src/cache/secret-cache.ts';
import type { Secret } from '../../../src/core/secret.ts';
import { RecordingLog } from '../../contract/recording-log.ts';
import { temporaryDirectory } from '../../e2e/temporary-directory.ts';
import type { FakeClock } from '../../fakes/fake-clock.ts';
import { createCacheRig, identity } from '../cache-rig.ts';

export const KEY = randomBytes(32);

export interface FileRigOptions {
  readonly file: string;
  /** The present one first. */
  readonly keys?: readonly [Uint8Array, ...Uint8Array[]];
  /** By provider; `files` is bound to `a` unless it says otherwise. */
  readonly bindings?: Readonly<Record<string, string>>;
  readonly cache?: Partial<SecretCacheOptions>;
  /** Instead of `keys`. */
  readonly readKey?: () => Promise<Uint8Array>;
}

/** A cache and its file, as a daemon has them from its start to its end; everything but the time is real. */
export interface FileRig {
  readonly cache: SecretCache;
  readonly cacheFile: CacheFile;
  readonly clock: FakeClock;
  readonly log: RecordingLog;
  readonly errors: () => number;
  /** How often it has begun to write or read. */
  readonly accesses: () => number;
  /** Stores a value as a read of the store does. */
  readonly store: (path: string, secret: Secret, provider?: string) => void;
  /** What the cache has for a path. */
  readonly kept: (path: string, provider?: string) => string | Uint8Array | undefined;
}

export function createFileRig(options: FileRigOptions): FileRig {
  const { file, keys = [KEY], bindings = { files: 'a' }, cache } = options;
  const [key, ...previousKeys] = keys;
  const { readKey = async () => key } = options;
  let [errors, accesses] = [0, 0];
  const log = new RecordingLog();
  const rig = createCacheRig({ onChange: () => cacheFile.changed(), ...cache });
  const cacheFile: CacheFile = new CacheFile({
    file,
    readKey: () => {
      accesses++;
      return readKey();
    },
    readPreviousKeys: async () => previousKeys,
    bindings: new Map(Object.entries(bindings)),
    cache: rig.cache,
    clock: rig.clock,
    log,
    onError: () => errors++,
  });
  return {
    cache: rig.cache,
    clock: rig.clock,
    cacheFile,
    log,
    errors: () => errors,
    accesses: () => accesses,
    store: (path, secret, provider) => {
      const times = { fetchedAtMs: rig.clock.monotonicMs(), ttlMs: 300_000, keep: true };
      rig.cache.store(identity(path, {}, provider), secret, times);
    },
    kept: (path, provider) => rig.cache.get(identity(path, {}, provider).key)?.secret.value.expose(),
  };
}

/** Where a test keeps its file. */
export const newFile = async (t: Test): Promise<string> => join(await temporaryDirectory(t), 'cache.bin');

/** What the next daemon finds in the file. */
export async function reopened(options: FileRigOptions): Promise<FileRig> {
  const rig = createFileRig(options);
  await rig.cacheFile.load();
  return rig;
}

/** Its bytes; undefined when it is not there. */
export const bytesOf = (file: string): Promise<Buffer | undefined> => readFile(file).catch(() => undefined);
