import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import type { Redacted } from '../../core/redacted.ts';
import type { HttpClient } from '../../transport/http-client.ts';
import type { Environment } from '../../core/environment.ts';
import type { GcpCredentials } from './credentials.ts';

export const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform';
export const DEFAULT_UNIVERSE = 'googleapis.com';

/** A token as its issuer handed it out. */
export interface AccessToken {
  readonly token: Redacted;
  /** Milliseconds from the request on; undefined when the issuer does not tell. */
  readonly lifetimeMs: number | undefined;
  /** Whether we made it ourselves, so that its refusal may be one of the way and not of the key. */
  readonly isSelfSigned?: boolean;
  /** Whose it is, where only the issuer knows. */
  readonly account?: string;
}

/** The ways to get a token, by what is proven. */
export type SourceKind = 'service-account' | 'authorized-user' | 'external-account' | 'impersonation' | 'metadata';

/** One way to get a token: what a credential file, or the place where we run, offers. */
export interface TokenSource extends Omit<GcpCredentials, 'token'> {
  readonly kind: SourceKind;
  /** @throws AuthenticationError, and the transient errors of the issuer. */
  token(signal: AbortSignal): Promise<AccessToken>;
}

/** What sources work with. */
export interface SourceTools {
  readonly http: HttpClient;
  /** For addresses on this machine or next to it, which no proxy may see. */
  readonly localHttp: HttpClient;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 to 1; spreads retries. */
  readonly random: () => number;
  readonly env: Environment;
  /** The domain of the cloud's services; credentials of another one are refused. */
  readonly universeDomain: string;
  /** Allows `http://` on this machine where else only Google's own hosts are asked. */
  readonly insecure: boolean;
  /** Whether a program may be run for a subject token. */
  readonly allowExecutable: boolean;
  /** Whether a service account key signs its own tokens, or asks for them at `token_uri`. */
  readonly signsItself: boolean;
}
