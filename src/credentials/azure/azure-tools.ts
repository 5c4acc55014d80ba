import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import type { HttpClient } from '../../transport/http-client.ts';
import type { Environment } from '../../core/environment.ts';

/** What the ways to get a token work with. */
export interface AzureTools {
  readonly http: HttpClient;
  /** For metadata services on this machine or next to it: plain HTTP that no proxy may see. */
  readonly metadataHttp: HttpClient;
  readonly clock: Clock;
  readonly log: Log;
  /** Name of the instance, for the log. */
  readonly provider: string;
  readonly env: Environment;
}
