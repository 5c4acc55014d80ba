import type { Clock } from '../../core/clock.ts';
import type { Redacted } from '../../core/redacted.ts';
import type { HttpClient } from '../../transport/http-client.ts';
import { toAnswer, type Answer } from './answer.ts';

/** One call of Vault's HTTP API. */
export interface Ask {
  readonly method: 'GET' | 'POST';
  /** Below `/v1/`, each segment percent-encoded; may end in a query. */
  readonly path: string;
  readonly body?: string;
  readonly token?: Redacted;
  /** Paths such as `sys/health` exist in the root namespace only. */
  readonly isRootOnly?: boolean;
}

/** Sends a call with the headers that Vault wants. Any status is an answer. */
export type Wire = (ask: Ask, signal: AbortSignal) => Promise<Answer>;

export interface WireOptions {
  readonly endpoint: URL;
  readonly namespace?: string;
  readonly clock: Clock;
}

export function createWire(http: HttpClient, options: WireOptions): Wire {
  return async (ask, signal) => {
    const { namespace } = options;
    const response = await http.send({
      method: ask.method,
      url: new URL(`${options.endpoint.href.replace(/\/$/, '')}/v1/${ask.path}`),
      headers: {
        'X-Vault-Request': 'true',
        ...(namespace !== undefined && ask.isRootOnly !== true && { 'X-Vault-Namespace': `${namespace}/` }),
        ...(ask.token !== undefined && { 'X-Vault-Token': ask.token.expose() }),
        ...(ask.body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(ask.body !== undefined && { body: ask.body }),
      signal,
    });
    return toAnswer(response, options.clock.wallMs());
  };
}

/** A path with each segment percent-encoded. */
export const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');
