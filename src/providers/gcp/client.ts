import type { Clock } from '../../core/clock.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import type { JsonObject } from '../../core/json-object.ts';
import type { GcpCredentials, GcpIdentity } from '../../credentials/gcp/credentials.ts';
import { parseObject } from '../../core/json-fields.ts';
import { parseRpcStatus, type RpcStatus } from '../../credentials/gcp/rpc-status.ts';
import type { HttpClient } from '../../transport/http-client.ts';
import { toInstanceError, toSecretError, type Subject } from './errors.ts';
import type { InstanceLog } from '../../core/instance-log.ts';

/** One call of the API, version 1. */
export interface Ask {
  readonly method: 'GET' | 'POST';
  /** Below `/v1/`, each segment percent-encoded. */
  readonly path: string;
  /** Empty texts are left out. */
  readonly query?: Readonly<Record<string, string>>;
}

/** What the store says: the thing asked for, or why not, which is about a secret then. */
export type Answer = { readonly body: JsonObject } | { readonly failure: RpcStatus };

export type GcpClient = (ask: Ask, signal: AbortSignal) => Promise<Answer>;

export interface GcpClientOptions {
  readonly http: HttpClient;
  readonly endpoint: URL;
  readonly identity: GcpIdentity;
  readonly clock: Clock;
  readonly log: InstanceLog;
}

/** Calls in our name. A token that the store does not take is replaced once. What is wrong with the instance is thrown. */
export function createGcpClient({ http, endpoint, identity, clock, log }: GcpClientOptions): GcpClient {
  const send = async (ask: Ask, credentials: GcpCredentials, signal: AbortSignal): Promise<Answer> => {
    const response = await http.send({
      method: ask.method,
      url: toUrl(endpoint, ask),
      headers: toHeaders(ask, credentials),
      ...(ask.method === 'POST' && { body: '{}' }),
      signal,
    });
    const failure = parseRpcStatus(response, clock.wallMs());
    if (failure !== undefined) return { failure };
    const body = response.status === 200 ? parseObject(response.text) : undefined;
    if (body !== undefined) return { body };
    throw log.report(
      new ProviderError(
        'ProviderUnavailable',
        `the answer, status ${response.status}, is not of Secret Manager: see 'endpoint' and what is in between`,
      ),
    );
  };

  return async (ask, signal) => {
    const credentials = await identity.credentials(signal);
    let answer = await send(ask, credentials, signal);
    if (isRefused(answer)) answer = await send(ask, await identity.replace(credentials, signal), signal);
    const problem = 'failure' in answer ? toInstanceError(answer.failure) : undefined;
    if (problem !== undefined) throw log.report(problem);
    log.clear();
    return answer;
  };
}

/** The body, or the failure as the error about the subject. */
export function bodyOf(answer: Answer, subject: Subject): JsonObject {
  if ('body' in answer) return answer.body;
  throw toSecretError(answer.failure, subject);
}

const isRefused = (answer: Answer): boolean => 'failure' in answer && answer.failure.status === 'UNAUTHENTICATED';

function toUrl(endpoint: URL, { path, query = {} }: Ask): URL {
  const url = new URL(`${endpoint.href.replace(/\/$/, '')}/v1/${path}`);
  for (const [name, value] of Object.entries(query)) if (value !== '') url.searchParams.set(name, value);
  return url;
}

const toHeaders = (ask: Ask, { token, quotaProject }: GcpCredentials): Readonly<Record<string, string>> => ({
  Accept: 'application/json',
  Authorization: `Bearer ${token.expose()}`,
  ...(ask.method === 'POST' && { 'Content-Type': 'application/json' }),
  ...(quotaProject !== undefined && { 'X-Goog-User-Project': quotaProject }),
});
