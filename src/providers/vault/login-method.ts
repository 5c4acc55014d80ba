import type { Redacted } from '../../core/redacted.ts';

/** What a login or a look-up says of a token. */
export interface Grant {
  readonly token: Redacted;
  /** 0 when the token never ends. */
  readonly leaseMs: number;
  readonly renewable: boolean;
  /** How many policies it has; undefined when the store did not say. */
  readonly policies?: number;
  readonly kind?: 'service' | 'batch';
}

/** One way to get a token. */
export interface LoginMethod {
  /** As in the setting `auth.method`. */
  readonly name: string;

  /** Whether the token was made for us, so that it is ours to revoke. */
  readonly ownsToken: boolean;

  /** Whether changed credentials replace a token that still works; with the others, the next login uses them. */
  readonly isWatched: boolean;

  /** Reads the credentials anew, so that rotated files count. @throws AuthenticationError */
  readCredentials(): Promise<Redacted>;

  /** @throws AuthenticationError, ProviderError, NetworkError */
  login(credentials: Redacted, signal: AbortSignal): Promise<Grant>;

  /** Ends what the method keeps open, where it does. */
  close?(): Promise<void>;
}
