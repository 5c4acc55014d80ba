import type { Call } from './call.ts';
import type { Clock } from './clock.ts';
import type { ErrorCode } from './errors/codes.ts';
import type { Log } from './log.ts';
import type { SecretsError } from './errors/secrets-error.ts';
import type { PatternSpelling } from './path-place.ts';
import type { Page, RotationResult, Secret, SecretMetadata, SecretVersion } from './secret.ts';
import type { Selector } from './selector.ts';

/** A secret's place in its store: one spelling for each secret, so that no alias can be told from another. */
export interface Location {
  /** The canonical native id. */
  readonly id: string;
  /** The selector in the store's canonical spelling. */
  readonly selector: Selector;
}

export interface ListQuery {
  /** A plain string prefix of the native id; may be empty. */
  readonly prefix: string;
  /** Only secrets that carry all of these tags. */
  readonly tags: Readonly<Record<string, string>>;
  /** At most this many items, 1 or more. */
  readonly limit: number;
  /** What the page before returned as `nextCursor`. */
  readonly cursor?: string;
}

export interface VersionsQuery {
  readonly limit: number;
  readonly cursor?: string;
}

/** What a provider tells of itself in `GET /v1/status`; nothing secret. */
export interface ProviderStatus {
  /** Milliseconds until our identity at the store ends; absent when it never does or there is none. */
  readonly identityExpiresInMs?: number;
}

/** Called by a provider that noticed a change in its store by itself. All cached entries of the instance expire. */
export type OnStoreChange = () => void;

/** A call that starts a rotation. */
export interface RotateCall extends Call {
  /** A random UUID, the same for every attempt of one request: a store that honours it rotates once. */
  readonly idempotencyToken: string;
}

/** Several secrets in one call, for a store that has such a call. */
export interface BatchReader {
  /** The most that one call takes. */
  readonly maxSize: number;
  /** Whether this one can be part of such a call. */
  takes(location: Location): boolean;
  /** In the order asked. Throws only what is about the call as a whole. */
  get(locations: readonly Location[], call: Call): Promise<readonly (Secret | SecretsError)[]>;
}

/**
 * The secrets of a store, as the pipeline sees them. Every method but `locate` talks to the store, at most once per
 * answer it needs, throws errors of the taxonomy only, and neither retries nor caches values.
 * What a store cannot do it refuses with the error that says so (`RotationNotConfigured`, `InvalidProvider`).
 */
export interface SecretStore {
  /**
   * The canonical place of a path. Does no I/O.
   * @throws RequestError `InvalidPath` when the store cannot hold such a name, `InvalidParameter` for a version id or
   * stage that the store cannot have; ProviderError `ProviderUnavailable` while the store must tell something first.
   */
  locate(path: string, selector: Selector): Location;

  /** @throws SecretNotFoundError, AccessError, and the transient errors. */
  get(location: Location, call: Call): Promise<Secret>;

  /** Absent where the store has no such call. */
  readonly batch?: BatchReader;

  /** Metadata only, ordered by name; `name` is the canonical native id. An unknown prefix is an empty page. */
  list(query: ListQuery, call: Call): Promise<Page<SecretMetadata>>;

  /** Metadata of one secret, without reading its value where the store allows that. */
  describe(id: string, call: Call): Promise<SecretMetadata>;

  /** The history, newest first. */
  versions(id: string, query: VersionsQuery, call: Call): Promise<Page<SecretVersion>>;

  /** Starts a rotation; the store may finish it later. @throws RotationError */
  rotate(id: string, call: RotateCall): Promise<RotationResult>;
}

/** Where in a store the paths of a mapping lead, for a store that has such places (`pathMappings`, design §12). */
export interface Scope {
  readonly namespace?: string;
  readonly mount?: string;
}

/** One secret store with our identity at it. */
export interface SecretProvider extends SecretStore {
  /** The instance's name in the configuration. */
  readonly name: string;
  /** That of its kind. */
  readonly type: string;
  /** Whether a rotation may be tried again with the same token after a failure of the network. */
  readonly isRotationIdempotent?: boolean;

  /**
   * Whether the path is the store's full name of a secret, such as an ARN, which says itself where the secret is. Nothing
   * can be put before it.
   */
  isFullIdentifier?(path: string): boolean;

  /** Absent where a secret has one spelling. The same function for every instance of the type. */
  readonly spellPattern?: PatternSpelling;

  /** The same store with the same identity, in another place. Only where the kind says `hasScopes`. */
  within?(scope: Scope): SecretStore;

  /** Whether two scopes are one place: what a scope leaves out is as the instance has it. Goes with `within`. */
  isSamePlace?(a: Scope, b: Scope): boolean;

  /**
   * Resolves when the store can be reached and accepts our identity, with what an operator wants to know of it: whole
   * sentences, nothing secret. Else throws the error a read would meet, its message saying what to do.
   */
  health(call: Call): Promise<readonly string[]>;

  status(): ProviderStatus;

  /** Opens files, logs in, starts timers. A store that is down does not make it throw; a wrong setting does. */
  start(onChange: OnStoreChange): Promise<void>;

  /** Ends timers, gives back what was taken from the store. May be called twice. */
  close(): Promise<void>;
}

/** What a provider is given to work with. */
export interface ProviderTools {
  readonly clock: Clock;
  readonly log: Log;
  /** Counts one call for our identity (login, renewal, look-up) in `secrets_provider_calls_total{call="identity"}`. */
  recordIdentityCall(status: 'success' | ErrorCode): void;
}

/** One of several copies of a store that an instance may ask, such as a region. */
export interface Replica {
  /** Name of the copy, for logs, metrics and `/v1/status`. */
  readonly name: string;
  /** The options of a provider that asks this copy alone. */
  readonly options: unknown;
}

/** One row of the table of providers: how an instance of the type is described in the configuration, and made. */
export interface ProviderKind {
  /** What `type` of an instance says, such as `vault`. */
  readonly type: string;
  /** JSON schema of the instance's own keys, defaults included; `name`, `type` and `attemptTimeout` are added to it. */
  readonly schema: {
    readonly properties: Readonly<Record<string, object>>;
    readonly required?: readonly string[];
  };
  /** Problems of options that fit the schema and are wrong all the same, each with the key it is about. */
  check?(options: unknown): readonly { readonly key: string; readonly message: string }[];
  /** Whether a mapping may name a `namespace` and a `mount`. */
  readonly hasScopes?: boolean;
  /** The copies that the options name, the first preferred; none where the store is one. */
  replicas?(options: unknown): readonly Replica[];
  /** Makes an instance from options that fit the schema. Does no I/O. */
  create(name: string, options: unknown, tools: ProviderTools): SecretProvider;
}
