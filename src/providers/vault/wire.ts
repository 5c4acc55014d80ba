import { pause } from '../../core/abort.ts';
import type { Clock } from '../../core/clock.ts';
import type { Redacted } from '../../core/redacted.ts';
import type { HttpClient, HttpRequest } from '../../transport/http-client.ts';
import { toAnswer, type Answer } from './answer.ts';
import { sendToActive } from './redirect.ts';

/** One call of Vault's HTTP API. */
export interface Ask {
  readonly method: 'GET' | 'POST';
  /** Below `/v1/`, each segment percent-encoded; may end in a query. */
  readonly path: string;
  readonly body?: string;
  readonly token?: Redacted;
  /** In place of the instance's own. */
  readonly namespace?: string;
  /** Paths such as `sys/health` exist in the root namespace only. */
  readonly isRootOnly?: boolean;
}

/** Sends a call with the headers that Vault wants, to the active node where a standby names it. Any status is an answer. */
export type Wire = (ask: Ask, signal: AbortSignal) => Promise<Answer>;

export interface WireOptions {
  readonly endpoint: URL;
  readonly namespace?: string;
  readonly clock: Clock;
}

/** Pauses before a call is sent again that met a node which lags behind its cluster. */
const LAG_PAUSES_MS = [100, 300];

export function createWire(http: HttpClient, options: WireOptions): Wire {
  const { clock } = options;
  return async (ask, signal) => {
    const request = toRequest(ask, options);
    for (let tries = 0; ; tries++) {
      const answer = toAnswer(await sendToActive(http, { ...request, signal }), clock.wallMs());
      const pauseMs = LAG_PAUSES_MS[tries];
      if (answer.status !== 412 || pauseMs === undefined) return answer;
      await pause(clock, pauseMs, signal);
    }
  };
}

function toRequest(ask: Ask, { endpoint, ...options }: WireOptions): Omit<HttpRequest, 'signal'> {
  const namespace = ask.namespace ?? options.namespace;
  return {
    method: ask.method,
    url: new URL(`${endpoint.href.replace(/\/$/, '')}/v1/${ask.path}`),
    headers: {
      'X-Vault-Request': 'true',
      ...(namespace !== undefined && ask.isRootOnly !== true && { 'X-Vault-Namespace': `${namespace}/` }),
      ...(ask.token !== undefined && { 'X-Vault-Token': ask.token.expose() }),
      ...(ask.body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(ask.body !== undefined && { body: ask.body }),
  };
}

/** A path with each segment percent-encoded. */
export const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');
