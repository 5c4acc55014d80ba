import { pause } from '../../core/abort.ts';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { NetworkError } from '../../core/errors/network-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import { isSecretsError } from '../../core/errors/secrets-error.ts';
import type { HttpResponse } from '../../transport/http-client.ts';
import { callMetadata } from './metadata-call.ts';
import { parseToken } from './oauth-call.ts';
import { type AccessToken, CLOUD_PLATFORM, type SourceTools, type TokenSource } from './token-source.ts';

const ACCOUNT_PATH = 'instance/service-accounts/default';
const FIRST_PAUSE_MS = 250;
const MAX_ATTEMPTS = 6;

/** The service account of the machine, pod or function that we run in. */
export function createMetadataSource(tools: SourceTools): TokenSource {
  return {
    kind: 'metadata',
    source: 'the metadata server',
    async token(signal) {
      const query = new URLSearchParams({ scopes: CLOUD_PLATFORM }).toString();
      const response = await askWhileStarting(`${ACCOUNT_PATH}/token?${query}`, tools, signal);
      const token = response.status === 200 ? parseToken(response.text) : undefined;
      if (token === undefined) throw toMetadataError(response);
      return { ...token, ...(await readAccount(tools, signal)) };
    },
  };
}

/** The metadata server of GKE may need some seconds after the pod has started: 250 ms, doubling, 8 s in all. */
async function askWhileStarting(path: string, tools: SourceTools, signal: AbortSignal): Promise<HttpResponse> {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await callMetadata(path, tools, signal);
      if ((response.status < 500 && response.status !== 429) || attempt === MAX_ATTEMPTS) return response;
    } catch (error) {
      if (signal.aborted || attempt === MAX_ATTEMPTS || !isSecretsError(error)) throw error;
    }
    await pause(tools.clock, FIRST_PAUSE_MS * 2 ** (attempt - 1), signal);
  }
}

/** For the operator only, so that its failure is none of the token's. */
async function readAccount(tools: SourceTools, signal: AbortSignal): Promise<Pick<AccessToken, 'account'>> {
  try {
    const { status, text } = await callMetadata(`${ACCOUNT_PATH}/email`, tools, signal);
    return status === 200 ? { account: text.trim() } : {};
  } catch (error) {
    if (error instanceof NetworkError || error instanceof ProviderError) return {};
    throw error;
  }
}

function toMetadataError({ status }: HttpResponse): AuthenticationError | ProviderError {
  if (status === 404)
    return new AuthenticationError('InvalidCredentials', 'the metadata server has no service account for us');
  if (status === 403)
    return new AuthenticationError(
      'InsufficientPermissions',
      "the metadata server gives no token: the machine lacks the scope 'cloud-platform', or the pod its binding",
    );
  return new ProviderError('ProviderUnavailable', `the metadata server answered with status ${status}`);
}
