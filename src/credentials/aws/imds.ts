import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { NetworkError } from '../../core/errors/network-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import type { HttpResponse } from '../../transport/http-client.ts';
import type { Absent, SourceTools } from './credential-source.ts';
import { variable, type Environment } from '../../core/environment.ts';
import { metadataCall } from './metadata-call.ts';

const TOKEN_TTL_SECONDS = '21600';
const SERVICE = 'the instance metadata service';

export type ImdsTools = Pick<SourceTools, 'clock' | 'env' | 'http' | 'recordIdentityCall' | 'skew'>;

/** The text at a path below `/latest/`. */
export type ImdsRead = (path: string) => Promise<string | Absent>;

/**
 * Opens a session of version 2 at the EC2 instance metadata service: a token first, which takes a PUT that a tricked web
 * server would not send. Version 1 is never used.
 * @throws AuthenticationError, ProviderError
 */
export async function openImds(tools: ImdsTools, signal: AbortSignal): Promise<ImdsRead | Absent> {
  const disabled = variable(tools.env, 'AWS_EC2_METADATA_DISABLED');
  if (disabled !== undefined && disabled !== 'false') return { absent: "'AWS_EC2_METADATA_DISABLED' is set" };
  const base = imdsEndpoint(tools.env);
  const call = (method: 'GET' | 'PUT', path: string, headers: Readonly<Record<string, string>>) =>
    metadataCall({ tools, method, url: new URL(`/latest/${path}`, base), headers, parent: signal }, toText).catch(
      (error: unknown) => {
        if (error instanceof NetworkError) return { absent: `${SERVICE} does not answer` };
        throw error;
      },
    );
  const token = await call('PUT', 'api/token', { 'X-aws-ec2-metadata-token-ttl-seconds': TOKEN_TTL_SECONDS });
  if (typeof token !== 'string') return token;
  return (path) => call('GET', path, { 'X-aws-ec2-metadata-token': token.trim() });
}

function toText({ status, text }: HttpResponse): string | Absent {
  if (status === 200) return text;
  if (status >= 500) throw new ProviderError('ProviderUnavailable', `${SERVICE} answered with status ${status}`);
  if (status === 400 || status === 401)
    throw new AuthenticationError('InvalidCredentials', `${SERVICE} refuses our request with status ${status}`);
  return { absent: `${SERVICE} has none (status ${status})` };
}

function imdsEndpoint(env: Environment): URL {
  const name = 'AWS_EC2_METADATA_SERVICE_ENDPOINT';
  const mode = variable(env, `${name}_MODE`)?.toLowerCase() ?? 'ipv4';
  const address = variable(env, name) ?? DEFAULT_ENDPOINTS.get(mode);
  if (address === undefined)
    throw new AuthenticationError('InvalidCredentials', `'${name}_MODE' must be 'IPv4' or 'IPv6'`);
  const url = URL.parse(address);
  if (url === null) throw new AuthenticationError('InvalidCredentials', `'${name}' is not a URL`);
  return url;
}

const DEFAULT_ENDPOINTS: ReadonlyMap<string, string> = new Map([
  ['ipv4', 'http://169.254.169.254'],
  ['ipv6', 'http://[fd00:ec2::254]'],
]);
