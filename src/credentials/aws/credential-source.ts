import type { Log } from '../../core/log.ts';
import type { ProviderTools } from '../../core/provider.ts';
import type { HttpClient } from '../../transport/http-client.ts';
import type { ClockSkew } from './clock-skew.ts';
import type { AwsCredentials } from './credentials.ts';
import type { EndpointSettings } from './endpoints.ts';
import type { Environment } from '../../core/environment.ts';
import type { Sts } from './sts.ts';

/** Why a source has no credentials: it is not configured here. The end of a sentence, for the operator. */
export interface Absent {
  readonly absent: string;
}

/** One place where credentials may come from. */
export interface CredentialSource {
  /**
   * Reads anew, so that what was rotated counts.
   * @throws AuthenticationError when the source is configured and broken, naming the file, profile or variable and never
   * what it holds; the transient errors of a service.
   */
  read(signal: AbortSignal): Promise<AwsCredentials | Absent>;
}

/** What sources work with. */
export interface SourceTools extends Pick<ProviderTools, 'clock' | 'recordIdentityCall'> {
  readonly env: Environment;
  readonly homeDirectory: string;
  readonly http: HttpClient;
  readonly log: Log;
  readonly random: () => number;
  readonly skew: ClockSkew;
  readonly sts: Sts;
  /** What is said of addresses, but for a custom one of STS. */
  readonly endpoints: EndpointSettings;
  readonly allowExecutable: boolean;
  /** For STS, where a profile does not name one. */
  region(signal: AbortSignal): Promise<string>;
}
