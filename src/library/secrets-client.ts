import type { RotationResult } from '../core/secret.ts';

/**
 * The secrets of every configured store, in this process: the same cache, retries, breakers, failover and audit as the
 * daemon has. Every method but the two that forget is asynchronous, and rejects with an error of the taxonomy
 * (`isSecretsError`), for a text with several of them with `ResolveFailure`, and with a `TypeError` once the client is
 * closed.
 */
export interface SecretsClient extends AsyncDisposable {
  /**
   * One secret. What is cached answers without asking the store; while the store fails, the last good value does.
   * @throws SecretNotFoundError, AccessError, RequestError `InvalidPath`, and the errors of an outage
   */
  getSecret(path: string, options?: GetSecretOptions): Promise<SecretValue>;

  /**
   * One key of a secret that is a JSON document: a top-level name, or a JSON Pointer when it starts with `/`. Text comes
   * as it is, everything else as its JSON source.
   * @throws ParseError `JsonParseError`, `KeyNotFound`, and what `getSecret` throws
   */
  getSecretKey(path: string, key: string): Promise<string>;

  /**
   * The secrets under a plain string prefix, without values, ordered by name. All of them, unless `maxResults` ends it
   * before. Never cached.
   */
  listSecrets(prefix: string, options?: ListOptions): Promise<SecretList>;

  /** What the store knows of a secret besides its value. Never cached. */
  describeSecret(path: string): Promise<SecretMetadata>;

  /**
   * Asks the store to rotate; it may finish later. The new value is noticed by itself.
   * @throws RotationError
   */
  rotateSecret(path: string): Promise<RotationResult>;

  /**
   * Puts secrets in the place of the references in a text, `{{secret:path#key@version}}` (docs/references.md). A single
   * pass; all or nothing.
   * @throws ResolveFailure with every reference that failed
   */
  resolveReferences(text: string): Promise<string>;

  /** Forgets every version of a secret; the next read asks the store. @throws RequestError `InvalidPath` */
  invalidateCache(path: string): void;

  /** Likewise of every secret whose path begins with the prefix. @throws RequestError `InvalidPath` */
  invalidateCachePrefix(prefix: string): void;

  /**
   * Resolves when the providers have started and every required secret of `preload` has been read. Nobody has to wait
   * for it: every other method does as far as it has to.
   * @throws ConfigurationError for a setting that only shows itself when it is used, such as a file that cannot be opened
   */
  ready(): Promise<void>;

  /** Counters and timings of this client in the Prometheus text format. No label holds a path. */
  metrics(): Promise<string>;

  /**
   * Ends timers and connections, writes out what is kept, gives back what the stores lent. May be called twice.
   * `await using` does it by itself.
   */
  close(): Promise<void>;
}

/** Undefined options count as left out. */
export interface GetSecretOptions {
  /** The store's own version id. */
  readonly version?: string | undefined;
  /** `current`, `previous`, `pending`, or the store's own label. */
  readonly stage?: string | undefined;
  /** Name of the instance to ask, in place of the mapping. */
  readonly provider?: string | undefined;
  /** Wants an answer of the store that is at most a second old. */
  readonly skipCache?: boolean | undefined;
}

/** Undefined options count as left out. */
export interface ListOptions {
  /** At least 1; all when left out. */
  readonly maxResults?: number | undefined;
  /** Where the list before this one ended. It belongs to that prefix, those tags and this client. */
  readonly nextToken?: string | undefined;
  /** Only secrets that carry all of these. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Name of the instance to ask, in place of the mapping. */
  readonly provider?: string | undefined;
}

/**
 * One version of a secret. Shared by everyone who reads it, and frozen. `value` shows neither in `console.log` nor in
 * `JSON.stringify`, nor is it copied by a spread: it has to be asked for by its name.
 */
export interface SecretValue {
  /** Text, or the bytes of a binary secret in base64: see `encoding`. */
  readonly value: string;
  readonly encoding: 'utf8' | 'base64';
  readonly version: string;
  /** When the version was made; the time of the fetch where the store does not say. */
  readonly createdAt: Date;
  readonly updatedAt?: Date;
  readonly metadata: SecretMetadata;
  /** Name of the instance that it came from. */
  readonly provider: string;
  /** Whether it has expired, and answers because the store fails. */
  readonly isStale: boolean;
}

/** What is known of a secret besides its value: as much as one call to the store told. */
export interface SecretMetadata {
  /** The secret's path, as `getSecret` takes it. */
  readonly path: string;
  /** The secret's name in the store. */
  readonly name: string;
  /** The store's full identifier, where it has one. */
  readonly arn?: string;
  readonly description?: string;
  /** Empty where the store does not say. */
  readonly currentVersion: string;
  /** Stages or labels of the current version; empty where the store does not say. */
  readonly stages: string[];
  /** Empty where the store does not say. */
  readonly tags: Record<string, string>;
  /** `false` where the store does not say. */
  readonly rotationEnabled: boolean;
  readonly nextRotation?: Date;
  /** The time of the answer where the store does not say. */
  readonly createdAt: Date;
  readonly lastAccessed?: Date;
}

/** An array that also says where it ended. */
export interface SecretList extends Array<SecretMetadata> {
  /** For another call when more follows. */
  readonly nextToken?: string;
}
