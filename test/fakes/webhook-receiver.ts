import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Scope } from '../e2e/temporary-directory.ts';

/** What was posted. */
export interface Delivery {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ReceiverAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Takes what webhooks post, on loopback. */
export class WebhookReceiver {
  readonly address: string;
  /** Everything that came, refused or not. */
  readonly deliveries: Delivery[] = [];
  /** What it answers; a promise that never resolves is a receiver that hangs. */
  onDelivery: (delivery: Delivery) => ReceiverAnswer | Promise<ReceiverAnswer> = () => ({ status: 204 });

  constructor(server: Server) {
    const address = server.address();
    this.address = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    server.on('request', async (request, response) => {
      const { method = '', url: path = '', headers } = request;
      const delivery = { method, path, headers, body: await text(request) };
      this.deliveries.push(delivery);
      const { status, headers: more } = await this.onDelivery(delivery);
      response.writeHead(status, more).end();
    });
  }

  /** What came as the JSON that it is. */
  get events(): readonly unknown[] {
    return this.deliveries.map(({ body }) => JSON.parse(body));
  }
}

/** Starts a receiver that is closed with its scope. */
export async function startWebhookReceiver(scope: Scope): Promise<WebhookReceiver> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  scope.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return new WebhookReceiver(server);
}
