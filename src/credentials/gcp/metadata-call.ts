import { ProviderError } from '../../core/errors/provider-error.ts';
import type { HttpResponse } from '../../transport/http-client.ts';
import { variable } from '../../core/environment.ts';
import type { SourceTools } from './token-source.ts';

const ADDRESS = '169.254.169.254';
const FLAVOR = { 'Metadata-Flavor': 'Google' } as const;

/**
 * Asks the metadata server for what is below `/computeMetadata/v1/`. Both sides show the flavour: we, so that the server
 * knows no tricked program asks; it, so that we know no other service of the same address answers.
 * @throws ProviderError when something else answers, NetworkError.
 */
export async function callMetadata(
  path: string,
  { localHttp, env }: Pick<SourceTools, 'localHttp' | 'env'>,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const response = await localHttp.send({
    method: 'GET',
    url: new URL(`/computeMetadata/v1/${path}`, metadataAddress(env)),
    headers: FLAVOR,
    signal,
  });
  if (response.headers.get('metadata-flavor') === 'Google') return response;
  throw new ProviderError('ProviderUnavailable', "what answers at the metadata server's address is something else");
}

/** From `GCE_METADATA_IP` or `GCE_METADATA_HOST`, with or without a scheme. */
function metadataAddress(env: SourceTools['env']): string {
  const address = variable(env, 'GCE_METADATA_IP') ?? variable(env, 'GCE_METADATA_HOST') ?? ADDRESS;
  return /^https?:\/\//.test(address) ? address : `http://${address}`;
}
