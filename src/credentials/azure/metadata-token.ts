import type { HttpResponse } from '../../transport/http-client.ts';
import type { AccessToken } from './access-token.ts';
import type { AzureTools } from './azure-tools.ts';
import { toMetadataError } from './metadata-error.ts';
import { nameService } from './name-service.ts';
import { parseToken } from './parse-token.ts';

/** The call of a metadata service that asks for a token. */
export interface MetadataAsk {
  readonly endpoint: URL;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Whose token it is, in words for the operator, and the call. */
export interface TokenAsk extends MetadataAsk {
  readonly source: string;
}

/** Asks a metadata service. Any status is an answer. */
export function askMetadata({ metadataHttp }: AzureTools, ask: MetadataAsk): Promise<HttpResponse> {
  const url = new URL(ask.endpoint);
  for (const [name, value] of Object.entries(ask.query)) url.searchParams.set(name, value);
  return metadataHttp.send({ method: 'GET', url, headers: ask.headers, signal: ask.signal });
}

/** Asks a metadata service for a token. @throws ProviderError, AuthenticationError, NetworkError */
export async function fetchMetadataToken(
  tools: AzureTools,
  ask: TokenAsk,
  answer: (ask: MetadataAsk) => Promise<HttpResponse> = (ask) => askMetadata(tools, ask),
): Promise<AccessToken> {
  const sinceMs = tools.clock.monotonicMs();
  const response = await nameService('the metadata service failed', answer(ask));
  const token =
    response.status === 200 ? parseToken(response, { sinceMs, source: ask.source }, tools.clock) : undefined;
  if (token === undefined) throw toMetadataError(response, tools.clock.wallMs());
  return token;
}
