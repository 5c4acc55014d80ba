import { pause } from '../../core/abort.ts';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import { isSecretsError } from '../../core/errors/secrets-error.ts';
import type { HttpResponse } from '../../transport/http-client.ts';
import { containerEndpoint } from './container-endpoint.ts';
import type { CredentialSource, SourceTools } from './credential-source.ts';
import type { AwsCredentials } from './credentials.ts';
import { variable, type Environment } from '../../core/environment.ts';
import { metadataCall } from './metadata-call.ts';
import { parseCredentials } from './parse-credentials.ts';
import { parseToken, readTokenFile } from './token-file.ts';

const SOURCE = 'the container credentials endpoint';
const TOKEN = 'AWS_CONTAINER_AUTHORIZATION_TOKEN';
const ATTEMPTS = 4;
const PAUSE_MS = 1_000;

/** The agents of ECS and of EKS Pod Identity: up to four attempts, a second apart. */
export function createContainerSource(tools: SourceTools): CredentialSource {
  return {
    async read(signal) {
      const url = containerEndpoint(tools.env);
      if (url === undefined)
        return {
          absent: "'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI' and 'AWS_CONTAINER_CREDENTIALS_FULL_URI' are not set",
        };
      for (let attempt = 1; ; attempt++) {
        try {
          return await ask(tools, url, signal);
        } catch (error) {
          if (attempt === ATTEMPTS || signal.aborted || !isSecretsError(error) || !error.retryable) throw error;
        }
        await pause(tools.clock, PAUSE_MS, signal);
      }
    },
  };
}

async function ask(tools: SourceTools, url: URL, signal: AbortSignal): Promise<AwsCredentials> {
  const headers = await authorization(tools.env);
  return metadataCall({ tools, method: 'GET', url, headers, parent: signal }, toCredentials);
}

function toCredentials({ status, text }: HttpResponse): AwsCredentials {
  if (status === 429 || status >= 500)
    throw new ProviderError('ProviderUnavailable', `${SOURCE} answered with status ${status}`);
  if (status !== 200)
    throw new AuthenticationError('InvalidCredentials', `${SOURCE} refuses our request with status ${status}`);
  return parseCredentials(text, SOURCE, { token: 'Token', isTemporary: true });
}

/** The bare token, without a scheme; read anew each time, since Pod Identity's is rotated on disk. */
async function authorization(env: Environment): Promise<Readonly<Record<string, string>>> {
  const file = variable(env, `${TOKEN}_FILE`);
  if (file !== undefined) return { Authorization: (await readTokenFile(file)).expose() };
  const text = variable(env, TOKEN);
  return text === undefined ? {} : { Authorization: parseToken(text, `'${TOKEN}'`).expose() };
}
