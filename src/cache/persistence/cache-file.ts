import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock, Timer } from '../../core/clock.ts';
import { CacheError } from '../../core/errors/cache-error.ts';
import type { Log } from '../../core/log.ts';
import type { SecretCache } from '../secret-cache.ts';
import { type EntryRecord, fromRecord, type Moment, toRecord } from './entry-record.ts';
import { seal, unseal } from './sealed-text.ts';

export interface CacheFileOptions {
  readonly file: string;
  /** Reads the key that the file is sealed with, anew each time. */
  readonly readKey: () => Promise<Uint8Array>;
  /** Reads those that it may have been sealed with before. */
  readonly readPreviousKeys: () => Promise<readonly Uint8Array[]>;
  /** What each provider's entries are bound to, by name: other settings make them worthless. */
  readonly bindings: ReadonlyMap<string, string>;
  readonly cache: SecretCache;
  readonly clock: Clock;
  readonly log: Log;
  readonly onError: () => void;
}

interface Content {
  /** Wall clock. */
  readonly writtenAtMs: number;
  readonly bindings: Readonly<Record<string, string>>;
  readonly entries: readonly EntryRecord[];
}

// Design §5: at most every 5 s, and at exit.
const WRITE_DELAY_MS = 5_000;

/** The cache on disk, sealed: for the daemon that starts while its store is down. */
export class CacheFile {
  readonly #options: CacheFileOptions;
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isFailing = false;
  #isStopped = false;

  constructor(options: CacheFileOptions) {
    this.#options = options;
  }

  /** Puts what the file holds into the cache, expired. What cannot be used is set aside or left out, and logged. */
  async load(): Promise<void> {
    const { file, cache, bindings, log } = this.#options;
    // A daemon that was killed while it wrote leaves it behind.
    await rm(draftOf(file), { force: true });
    const content = await this.#read();
    if (content === undefined) return;
    const known = content.entries.filter(
      ({ identity: { provider } }) =>
        bindings.get(provider) !== undefined && bindings.get(provider) === content.bindings[provider],
    );
    const now = this.#now();
    cache.load(
      known
        .map((record) => fromRecord(record, content.writtenAtMs, now))
        .filter((entry) => entry.mayAnswerStale(now.monotonicMs)),
    );
    log.info(
      { file, entries: known.length, left_out: content.entries.length - known.length },
      'the cache file was read',
    );
  }

  /** Something in the cache has changed. */
  changed(): void {
    this.#timer ??= this.#options.clock.after(WRITE_DELAY_MS, () => {
      this.#timer = undefined;
      void this.write();
    });
  }

  /** Writes now. One after the other; a failure is logged, and the file stays as it was. */
  write(): Promise<void> {
    this.#writing = this.#writing.then(() => (this.#isStopped ? undefined : this.#write()));
    return this.#writing;
  }

  /** Writes no more: another one has the file now. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** Writes for the last time, unless it was stopped. */
  async close(): Promise<void> {
    this.#timer?.cancel();
    await this.write();
  }

  async #read(): Promise<Content | undefined> {
    const { file, readKey, readPreviousKeys, log, onError } = this.#options;
    const keys = [await readKey(), ...(await readPreviousKeys())];
    try {
      // The seal has shown that it is what we have written.
      return JSON.parse(unseal(await readFile(file), keys)) as Content;
    } catch (error) {
      if (isMissing(error)) return undefined;
      const reason = error instanceof CacheError ? error.message : 'it cannot be read';
      onError();
      log.error({ file, aside: asideOf(file) }, `the cache file is set aside and the cache starts empty: ${reason}`);
      await rename(file, asideOf(file)).catch(() => undefined);
      return undefined;
    }
  }

  async #write(): Promise<void> {
    const { file, readKey, log, onError } = this.#options;
    try {
      await replaceFile(file, await seal(this.#text(), await readKey()));
      if (this.#isFailing) log.info({ file }, 'the cache file is written again');
      this.#isFailing = false;
    } catch (err) {
      onError();
      if (!this.#isFailing) log.error({ file, err }, 'the cache file cannot be written');
      this.#isFailing = true;
    }
  }

  /** The `Content` as JSON, an entry at a time; which entries it has is settled before the first. */
  *#text(): Generator<string> {
    const now = this.#now();
    const entries = Array.from(this.#options.cache.entries());
    const bindings = JSON.stringify(Object.fromEntries(this.#options.bindings));
    yield `{"writtenAtMs":${now.wallMs},"bindings":${bindings},"entries":[`;
    let separator = '';
    for (const entry of entries) {
      const record = toRecord(entry, now);
      if (record === undefined) continue;
      yield separator + JSON.stringify(record);
      separator = ',';
    }
    yield ']}';
  }

  #now(): Moment {
    const { clock } = this.#options;
    return { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
  }
}

/** All or nothing, even when the machine stops: written beside it, flushed, renamed, and the folder flushed. */
async function replaceFile(file: string, content: readonly Uint8Array[]): Promise<void> {
  const draft = draftOf(file);
  try {
    await writeFlushed(draft, content);
    await rename(draft, file);
  } catch (error) {
    // Half of it would keep a full disk full.
    await rm(draft, { force: true });
    throw error;
  }
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function writeFlushed(file: string, content: readonly Uint8Array[]): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    // One that was left there keeps its own mode. Node's permission model does not know this call: only where it is needed.
    if (((await handle.stat()).mode & 0o777) !== 0o600) await handle.chmod(0o600);
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const draftOf = (file: string): string => `${file}.draft`;
const asideOf = (file: string): string => `${file}.damaged`;
const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
