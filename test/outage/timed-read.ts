import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { ListenAddress } from '../../src/config/config.ts';

/** What came of one read. */
export interface TimedRead {
  readonly status: number;
  /** From the request to the last byte. */
  readonly ms: number;
  /** Whether the answer is marked as stale. */
  readonly isStale: boolean;
  readonly body: string;
}

/** Reads a secret, raw, on a connection of its own, and takes the time. */
export async function timedRead(address: ListenAddress, path: string): Promise<TimedRead> {
  const startedMs = performance.now();
  const place = address.kind === 'unix' ? { socketPath: address.path } : { host: address.host, port: address.port };
  const sent = request({ ...place, path: `/v1/secrets/${path}?format=raw`, agent: false }).end();
  const [message]: IncomingMessage[] = await once(sent, 'response');
  if (message === undefined) throw new TypeError('there is no answer');
  const body = await text(message);
  const isStale = String(message.headers['cache-status']).includes('stale-if-error');
  return { status: message.statusCode ?? 0, ms: performance.now() - startedMs, isStale, body };
}
