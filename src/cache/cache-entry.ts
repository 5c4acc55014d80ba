import type { Redacted } from '../core/redacted.ts';
import type { Secret } from '../core/secret.ts';
import type { SecretIdentity } from './cache-key.ts';

/** A body that was built once for an entry and is sent as often as it is asked for. */
export interface Representation {
  readonly body: Redacted | Redacted<Uint8Array>;
  readonly contentType: string;
  /** Entity tag, quotes included. */
  readonly etag: string;
  readonly bytes: number;
  /** What was last said beside it, where it is asked for often. */
  headers?: KeptHeaders;
  /** When something else was last said beside it; monotonic. */
  saidAtMs?: number;
}

/** Names and values, turn by turn, that an answer may have again. */
export interface KeptHeaders {
  readonly list: readonly string[];
  /** Monotonic: they are true before. */
  readonly untilMs: number;
  /** Of the entry, as they say. */
  readonly expiresAtMs: number;
}

/** A secret that was read, with the times that rule how long it may answer. All times are monotonic milliseconds. */
export class CacheEntry {
  readonly identity: SecretIdentity;
  readonly secret: Secret;
  /** When the store was asked: the value is not older than this. */
  readonly fetchedAtMs: number;
  #expiresAtMs: number;
  #staleUntilMs: number;
  /** After a failed refresh: until then the stale value answers without asking the store. */
  nextAttemptAtMs = 0;
  /** When it last answered a reader. */
  lastReadAtMs = 0;
  /** Nobody had read it when it was to be refreshed: the next read sees to it. */
  isRefreshDue = false;
  /** Other spellings of the path under which it was read. */
  readonly aliases = new Set<string>();
  readonly representations = new Map<string, Representation>();

  constructor(identity: SecretIdentity, secret: Secret, times: EntryTimes) {
    this.identity = identity;
    this.secret = secret;
    this.fetchedAtMs = times.fetchedAtMs;
    this.#expiresAtMs = times.expiresAtMs;
    this.#staleUntilMs = times.staleUntilMs;
  }

  get staleUntilMs(): number {
    return this.#staleUntilMs;
  }

  get expiresAtMs(): number {
    return this.#expiresAtMs;
  }

  /** It is to be read anew, whatever time it had left. */
  expire(nowMs: number): void {
    this.#expiresAtMs = Math.min(this.#expiresAtMs, nowMs);
  }

  /** It may not answer later than that. */
  boundStale(untilMs: number): void {
    this.#staleUntilMs = Math.min(this.#staleUntilMs, untilMs);
  }

  /** The store lends the value for longer, or not as long as it said. */
  extendLease(endsAtMs: number): void {
    this.#expiresAtMs = endsAtMs;
    this.#staleUntilMs = endsAtMs;
  }

  /** Every path under which it was read. */
  paths(): readonly string[] {
    return [...new Set([this.identity.path, ...this.aliases])];
  }

  isFresh(nowMs: number): boolean {
    return nowMs < this.#expiresAtMs;
  }

  /** Whether it may still answer when the store cannot. */
  mayAnswerStale(nowMs: number): boolean {
    return nowMs < this.#staleUntilMs;
  }

  /** Bytes held, every kept representation counted. */
  get bytes(): number {
    const value = this.secret.value.expose();
    let bytes = Buffer.byteLength(value) + ENTRY_OVERHEAD_BYTES;
    for (const representation of this.representations.values()) bytes += representation.bytes;
    return bytes;
  }
}

/** Monotonic milliseconds. */
export interface EntryTimes {
  readonly fetchedAtMs: number;
  readonly expiresAtMs: number;
  readonly staleUntilMs: number;
}

// Keys, metadata and objects of an entry, estimated.
const ENTRY_OVERHEAD_BYTES = 1_024;
