import type { Redacted } from '../../core/redacted.ts';

/** What a token is asked for. */
export interface TokenRequest {
  /** The service that is to accept it, such as `https://vault.azure.net`, without a slash at its end. */
  readonly resource: string;
  /** The tenant that the service belongs to, where it tells. */
  readonly tenantId?: string;
  /** JSON text that a service sent with its refusal of a token (continuous access evaluation). */
  readonly claims?: string;
}

/** A bearer token of Entra. */
export interface AccessToken {
  readonly value: Redacted;
  /** Where it comes from, in words for the operator, such as `a client secret`. */
  readonly source: string;
  /** On the monotonic clock, as `refreshAtMs`. */
  readonly expiresAtMs: number;
  /** When the issuer wants it to be replaced, where it says so. */
  readonly refreshAtMs?: number;
}
