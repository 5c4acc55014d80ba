import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { Scope } from '../e2e/temporary-directory.ts';
import { until } from '../e2e/until.ts';
import { decodeRequest, parseRequest } from './otlp-schema.ts';
import { readSpans, type ReceivedSpan } from './otlp-spans.ts';

/** What was posted. */
export interface Post {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Unpacked. */
  readonly body: Buffer;
}

export interface OtlpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

/** A receiver of OTLP over HTTP, on loopback, that takes nothing but what the protocol has. */
export class OtlpReceiver {
  readonly address: string;
  readonly posts: Post[] = [];
  /** Those of requests that were answered by 200, in the order of their ends. */
  readonly spans: ReceivedSpan[] = [];
  /** What was wrong with requests; there should be nothing. */
  readonly faults: string[] = [];
  connections = 0;
  /** What it answers; a promise that never resolves is a receiver that hangs. */
  onPost: (post: Post) => OtlpAnswer | Promise<OtlpAnswer> = () => ({ status: 200 });

  constructor(server: Server) {
    const address = server.address();
    this.address = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    server.on('connection', () => (this.connections += 1));
    server.on('request', async (request, response) => {
      const { method = '', url: path = '', headers } = request;
      const packed = await buffer(request).catch(() => undefined);
      if (packed === undefined) return;
      const isGzip = headers['content-encoding'] === 'gzip';
      const post = { path, headers, body: isGzip ? gunzipSync(packed) : packed };
      this.posts.push(post);
      if (method !== 'POST') this.faults.push(`a ${method}`);
      const { status, headers: more, body } = await this.onPost(post);
      if (status === 200) this.#take(post);
      response.writeHead(status, more).end(body);
    });
  }

  /** Waits for spans by their name. */
  received(name: string, count = 1): Promise<readonly ReceivedSpan[]> {
    return until(`${count} of ${name} are received`, () => {
      const found = this.named(name);
      return found.length >= count ? found : undefined;
    });
  }

  named(name: string): readonly ReceivedSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  #take({ headers, body }: Post): void {
    try {
      const isJson = headers['content-type'] === 'application/json';
      if (!isJson && headers['content-type'] !== 'application/x-protobuf') throw new Error('another content type');
      const spans = readSpans(isJson ? parseRequest(body.toString()) : decodeRequest(body));
      const known = new Set(this.spans.map(({ spanId }) => spanId));
      for (const { spanId, parentSpanId } of spans)
        if (known.has(spanId) || parentSpanId === spanId) throw new Error('a span that is there twice');
      this.spans.push(...spans);
    } catch (error) {
      this.faults.push(String(error));
    }
  }
}

/** Starts a receiver that is closed with its scope. */
export async function startOtlpReceiver(scope: Scope): Promise<OtlpReceiver> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  scope.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return new OtlpReceiver(server);
}
