import { Agent, request, type RequestOptions } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Redacted } from '../core/redacted.ts';
import { readCallerToken } from './caller-token.ts';
import { CommandFailure } from './command-failure.ts';
import type { CommandIo } from './command-io.ts';
import { readDaemonAddress, type DaemonAddress } from './daemon-address.ts';

/** What the daemon answered, whatever the status. */
export interface DaemonAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** The running daemon, as a command sees it. */
export interface DaemonClient {
  /** For messages. */
  readonly address: string;
  /**
   * Sends one GET and reads the whole answer. Redirects are answers like any other.
   * @param target path and query, percent-encoded.
   * @param timeoutMs of connection and answer together.
   * @throws CommandFailure when nothing answers, or not in time.
   */
  get(target: string, timeoutMs?: number): Promise<DaemonAnswer>;
  /** Likewise one POST. */
  post(target: string, body: RequestBody): Promise<DaemonAnswer>;
}

/** What is sent. */
export interface RequestBody {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** Longer than the daemon's own deadline (10 s unless configured), so that its answer is seen. */
const TIMEOUT_MS = 30_000;

/**
 * Connects nothing yet; reads where the daemon is, and the caller's token.
 * @throws ConfigurationError, AuthenticationError for a wrong environment.
 */
export async function createDaemonClient(io: CommandIo): Promise<DaemonClient> {
  const address = readDaemonAddress(io.env);
  const token = await readCallerToken(io.env);
  const ask = async (
    options: RequestOptions,
    body: RequestBody | undefined,
    timeoutMs: number,
  ): Promise<DaemonAnswer> => {
    const abort = new AbortController();
    const timer = io.clock.after(timeoutMs, () => abort.abort());
    try {
      return await send({ ...toOptions(address, token, body), ...options, signal: abort.signal }, body);
    } catch (error) {
      throw toFailure(error, address.name, abort.signal.aborted);
    } finally {
      timer.cancel();
    }
  };
  return {
    address: address.name,
    get: (path, timeoutMs = TIMEOUT_MS) => ask({ path }, undefined, timeoutMs),
    post: (path, body) => ask({ path, method: 'POST' }, body, TIMEOUT_MS),
  };
}

function toOptions(address: DaemonAddress, token?: Redacted, body?: RequestBody): RequestOptions {
  return {
    ...(address.kind === 'unix' ? { socketPath: address.path } : { host: address.host, port: address.port }),
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token.expose()}` }),
      ...(body !== undefined && { 'content-type': body.contentType, 'content-length': body.bytes.length }),
    },
    // An agent of our own: the global one may have been told by the environment to use a proxy.
    agent: new Agent({ keepAlive: false }),
  };
}

function send(options: RequestOptions, body?: RequestBody): Promise<DaemonAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(options, (answer) => {
      const { statusCode: status = 0, headers } = answer;
      buffer(answer).then((body) => resolve({ status, contentType: headers['content-type'] ?? '', body }), reject);
    });
    sent.on('error', reject);
    sent.end(body?.bytes);
  });
}

const NOBODY = new Set(['ECONNREFUSED', 'ENOENT', 'ENOTSOCK']);

function toFailure(error: unknown, address: string, timedOut: boolean): CommandFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  if (timedOut) return new CommandFailure(`the daemon at ${address} did not answer in time`);
  if (NOBODY.has(code)) return new CommandFailure(`no daemon answers at ${address} (start one with 'keyfob serve')`);
  return new CommandFailure(`the connection to the daemon at ${address} failed (${code})`);
}
