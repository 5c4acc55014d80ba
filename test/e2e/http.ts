import { type Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { ListenAddress } from '../../src/config/config.ts';
import { checkExchange } from './contract-check.ts';

export interface Question {
  readonly method?: string;
  /** Path and query, sent as they are. */
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
  /** For connections that are used again; without it each request has its own. */
  readonly agent?: Agent;
  /** False leaves the `Host` out. */
  readonly setHost?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly text: string;
  /** The parsed body; undefined when it is not JSON. */
  readonly json: unknown;
}

/** Told of every answer that came. */
export type Witness = (answer: Answer) => void;

/** A client of one listener that holds each answer against the contract. */
export class Http {
  readonly address: ListenAddress;
  readonly #witness: Witness | undefined;

  constructor(address: ListenAddress, witness?: Witness) {
    this.address = address;
    this.#witness = witness;
  }

  get(path: string, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    return this.send({ path, headers });
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.send({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  async send(question: Question): Promise<Answer> {
    const answer = await exchange(this.address, question);
    const { method = 'GET', path } = question;
    checkExchange({ method, path, ...answer });
    this.#witness?.(answer);
    return answer;
  }
}

function exchange(address: ListenAddress, question: Question): Promise<Answer> {
  const { body, method = 'GET', headers = {}, agent, path, setHost = true } = question;
  const place = address.kind === 'unix' ? { socketPath: address.path } : { host: address.host, port: address.port };
  return new Promise((resolve, reject) => {
    const sent = request({ ...place, method, path, headers, setHost, agent: agent ?? false }, (message) => {
      buffer(message).then((bytes) => resolve(toAnswer(message, bytes)), reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function toAnswer({ statusCode: status = 0, headers }: IncomingMessage, body: Buffer): Answer {
  const text = body.toString();
  const isJson = /^application\/(?:problem\+)?json\b/.test(headers['content-type'] ?? '') && text !== '';
  return { status, headers, body, text, json: isJson ? JSON.parse(text) : undefined };
}
