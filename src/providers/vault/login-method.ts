import type { Redacted } from '../../core/redacted.ts';

/** What a login or a look-up says of a token. */
export interface Grant {
  readonly token: Redacted;
  /** 0 when the token never ends. */
  readonly leaseMs: number;
  readonly renewable: boolean;
}

/** One way to get a token. */
export interface LoginMethod {
  /** Whether the token was made for us, so that it is ours to revoke. */
  readonly ownsToken: boolean;

  /** Reads the credentials anew, so that rotated files count. @throws AuthenticationError */
  readCredentials(): Promise<Redacted>;

  /** @throws AuthenticationError, ProviderError, NetworkError */
  login(credentials: Redacted, signal: AbortSignal): Promise<Grant>;
}
