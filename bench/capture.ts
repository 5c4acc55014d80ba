import { request } from 'node:http';
import { text } from 'node:stream/consumers';

/** An answer, to be sent again by the bare server. */
export interface CapturedAnswer {
  readonly status: number;
  /** All but those that `node:http` adds by itself. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Ask {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const OF_NODE = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding']);

/** Asks once, and keeps what came. */
export function capture(port: number, ask: Ask): Promise<CapturedAnswer> {
  return new Promise((resolve, reject) => {
    const { method, path, headers = {}, body } = ask;
    const asked = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const kept = Object.entries(response.headers).filter(([name]) => !OF_NODE.has(name));
      const given = Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
      const status = response.statusCode ?? 0;
      text(response)
        .then((received) => resolve({ status, headers: given, body: received }))
        .catch(reject);
    });
    asked.on('error', reject).end(body);
  });
}

/** The same question as bytes for the load generator. */
export function toRequestBytes({ method, path, headers = {}, body }: Ask): string {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: localhost', 'Accept: */*', 'User-Agent: bench'];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== undefined) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`;
}
