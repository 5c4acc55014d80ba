import type { Agent } from 'undici';
import { NetworkError } from '../core/errors/network-error.ts';
import { isSecretsError } from '../core/errors/secrets-error.ts';
import { abortError } from '../core/abort.ts';
import { isPlainHttpRefusal, toTransportError } from './network-failure.ts';
import { readTlsFiles, type TlsFiles } from './tls-options.ts';

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Whether the answer is no text: then its `text` has one character a byte. */
  readonly isBinary?: boolean;
  /** Ends the call, connecting included. Every outward call has a deadline; there is no other time-out here. */
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Names are lower case; repeated ones are joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

/** The one HTTP client of providers and credentials. Follows no redirect, keeps no cookie, uses no proxy. */
export interface HttpClient {
  /**
   * Reads the TLS files. `send` does it, too, but only here a wrong file shows before the first call.
   * @throws ConfigurationError
   */
  open(): Promise<void>;

  /**
   * Any status is an answer. Messages of errors hold no URL and no header, and there is no `cause`: what undici and
   * OpenSSL throw carries addresses, certificates and parts of answers.
   * @throws NetworkError; ParseError `InvalidSecretFormat` for an answer above `maxResponseBytes`; the signal's reason.
   */
  send(request: HttpRequest): Promise<HttpResponse>;

  /** Cuts what is in flight. May be called twice. */
  close(): Promise<void>;
}

export interface HttpClientOptions {
  readonly tls?: TlsFiles;
  readonly maxResponseBytes: number;
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  let opened: Promise<Agent> | undefined;
  let isClosed = false;
  return {
    async open() {
      await readTlsFiles(options.tls ?? {});
    },
    async send(message) {
      if (isClosed) throw new NetworkError('ConnectionFailed', 'the connection to the store has been closed');
      opened ??= createAgent(options);
      return exchange(await opened, message);
    },
    async close() {
      isClosed = true;
      await (await opened)?.destroy();
    },
  };
}

async function createAgent({ tls = {}, maxResponseBytes }: HttpClientOptions): Promise<Agent> {
  const { Agent, buildConnector } = await loadUndici();
  return new Agent({
    // HTTP/1.1 only: one more protocol to every store would be one more set of failures to classify.
    allowH2: false,
    maxResponseSize: maxResponseBytes,
    headersTimeout: 0,
    bodyTimeout: 0,
    // The files are read for each connection, so that a certificate that was renewed counts.
    connect: (options, callback) => {
      const connect = async (): Promise<void> => {
        try {
          buildConnector({ ...(await readTlsFiles(tls)), allowH2: false })(options, callback);
        } catch (error) {
          callback(error instanceof Error ? error : new TypeError('no error was thrown'), null);
        }
      };
      void connect();
    },
  });
}

/** With the first call: it is large, and a daemon with nothing but local secrets never needs it. */
const loadUndici = (): Promise<typeof import('undici')> => import('undici');

async function exchange(agent: Agent, { url, signal, isBinary, ...message }: HttpRequest): Promise<HttpResponse> {
  if (signal.aborted) throw abortError(signal);
  const { request } = await loadUndici();
  try {
    const answer = await request(url, { ...message, signal, dispatcher: agent });
    const text = await (isBinary === true ? bytesOf(answer.body) : answer.body.text());
    if (isPlainHttpRefusal(answer.statusCode, text)) throw new NetworkError('TlsError', PLAIN_HTTP);
    return { status: answer.statusCode, headers: toMap(answer.headers), text };
  } catch (error) {
    if (isSecretsError(error)) throw error;
    throw signal.aborted ? abortError(signal) : toTransportError(error);
  }
}

const bytesOf = async (body: { arrayBuffer(): Promise<ArrayBuffer> }): Promise<string> =>
  Buffer.from(await body.arrayBuffer()).toString('latin1');

const PLAIN_HTTP = 'the store expects https on this port';

function toMap(headers: Readonly<Record<string, string | string[] | undefined>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
