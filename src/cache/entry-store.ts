import { LRUCache } from 'lru-cache';
import type { CacheEntry } from './cache-entry.ts';

export interface EntryStoreOptions {
  readonly maxEntries: number;
  readonly maxBytes: number;
  /** An entry was dropped to make room. */
  readonly onEvict: (entry: CacheEntry) => void;
}

/** Entries by key. When room is needed the least recently read goes first, a pinned one never. */
export class EntryStore {
  readonly #options: EntryStoreOptions;
  readonly #entries: LRUCache<string, CacheEntry>;
  readonly #pinned = new Map<string, CacheEntry>();
  #pinnedKeys: ReadonlySet<string> = new Set();

  constructor(options: EntryStoreOptions) {
    this.#options = options;
    this.#entries = new LRUCache({
      max: options.maxEntries,
      maxSize: options.maxBytes,
      sizeCalculation: (entry) => entry.bytes,
      dispose: (entry, _key, reason) => {
        if (reason === 'evict') options.onEvict(entry);
      },
    });
  }

  get size(): number {
    return this.#entries.size + this.#pinned.size;
  }

  get bytes(): number {
    let bytes = this.#entries.calculatedSize;
    for (const entry of this.#pinned.values()) bytes += entry.bytes;
    return bytes;
  }

  /** Names the entries that are never evicted, now or when they come. */
  pin(keys: ReadonlySet<string>): void {
    const all = [...this.values()].toReversed();
    this.#pinnedKeys = keys;
    this.#pinned.clear();
    this.#entries.clear();
    for (const entry of all) this.set(entry);
  }

  isPinned(key: string): boolean {
    return this.#pinnedKeys.has(key);
  }

  get(key: string): CacheEntry | undefined {
    return this.#entries.get(key) ?? this.#pinned.get(key);
  }

  set(entry: CacheEntry): void {
    const { key } = entry.identity;
    if (this.#pinnedKeys.has(key)) this.#pinned.set(key, entry);
    else this.#entries.set(key, entry);
  }

  delete(key: string): void {
    this.#entries.delete(key);
    this.#pinned.delete(key);
  }

  /** The most recently read first, the pinned ones last. */
  *values(): Generator<CacheEntry> {
    yield* this.#entries.values();
    yield* this.#pinned.values();
  }

  /** The entry holds more than before. The LRU measures an entry only when it is new to it. */
  measureAgain(entry: CacheEntry): void {
    const { key } = entry.identity;
    // One that was replaced meanwhile stays replaced.
    if (this.#entries.peek(key) !== entry) return;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (!this.#entries.has(key)) this.#options.onEvict(entry);
  }
}
