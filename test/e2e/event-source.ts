import { type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import type { ListenAddress } from '../../src/config/config.ts';
import { checkExchange } from './contract-check.ts';
import type { Scope } from './temporary-directory.ts';
import { until } from './until.ts';

/** One event, its data parsed. */
export interface Received {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/** An open watch. What has come by its end is held against the contract. */
export class EventSource {
  readonly closed: Promise<void>;
  readonly headers: IncomingMessage['headers'];
  readonly #sent: ClientRequest;
  #text = '';
  #isClosed = false;

  constructor(path: string, sent: ClientRequest, message: IncomingMessage) {
    this.#sent = sent;
    const { statusCode: status = 0, headers } = message;
    this.headers = headers;
    // Cut off is closed, too.
    message.on('error', () => undefined);
    this.closed = new Promise((resolve, reject) => {
      message.setEncoding('utf8').on('data', (text: string) => (this.#text += text));
      message.on('close', () => {
        this.#isClosed = true;
        try {
          checkExchange({ method: 'GET', path, status, headers, body: Buffer.from(this.#text) });
          resolve();
        } catch (error) {
          reject(error instanceof Error ? error : new TypeError('not an error'));
        }
      });
    });
  }

  /** Everything as it came. */
  get text(): string {
    return this.#text;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The events that are here in full. */
  get events(): readonly Received[] {
    return this.#text
      .split('\n\n')
      .slice(0, -1)
      .filter((block) => !block.startsWith(':'))
      .map((block) => {
        const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
        const field = (name: string): string => fields.get(name) ?? '';
        return { id: field('id'), event: field('event'), data: JSON.parse(field('data')) };
      });
  }

  /** Waits until there are so many. */
  received(count: number): Promise<readonly Received[]> {
    return until(`there are ${count} events`, () => (this.events.length >= count ? this.events : undefined));
  }

  leave(): void {
    this.#sent.destroy();
  }
}

/** Opens a watch; it is left at the end of its scope. */
export async function watch(
  scope: Scope,
  address: ListenAddress,
  { path, headers = {} }: { readonly path: string; readonly headers?: OutgoingHttpHeaders },
): Promise<EventSource> {
  const place = address.kind === 'unix' ? { socketPath: address.path } : { host: address.host, port: address.port };
  const source = await new Promise<EventSource>((resolve, reject) => {
    const sent = request({ ...place, path, headers, agent: false }, (message) =>
      resolve(new EventSource(path, sent, message)),
    );
    sent.on('error', reject);
    sent.end();
  });
  scope.teardown(() => source.leave());
  await until('the watch is open', () => source.text.includes(':') || undefined);
  return source;
}
