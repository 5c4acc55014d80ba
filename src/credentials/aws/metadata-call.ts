import type { HttpResponse } from '../../transport/http-client.ts';
import type { SourceTools } from './credential-source.ts';
import { identityCall } from './identity-call.ts';

const TIMEOUT_MS = 1_000;

export interface MetadataCall {
  readonly tools: Pick<SourceTools, 'clock' | 'http' | 'recordIdentityCall' | 'skew'>;
  readonly method: 'GET' | 'PUT';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly parent: AbortSignal;
}

/**
 * A call to a metadata service beside us: within a second, and never by a proxy, since the transport uses none. It
 * follows no redirect either: the address was checked, another one would not be.
 * @param read what the answer means; it may throw.
 */
export function metadataCall<T>(call: MetadataCall, read: (response: HttpResponse) => T): Promise<T> {
  const { tools, method, url, headers, parent } = call;
  return identityCall({ tools, timeoutMs: TIMEOUT_MS, parent }, async (signal) => {
    const sentAtMs = tools.clock.monotonicMs();
    const response = await tools.http.send({ method, url, headers, signal });
    tools.skew.observe(response.headers, sentAtMs);
    return read(response);
  });
}
