import { once } from 'node:events';
import { createServer } from 'node:http';

/** A Vault on loopback with one KV v2 secret at every path, that counts reads and takes its time for each. */
export interface SlowVault {
  readonly address: string;
  reads(): number;
  close(): Promise<void>;
}

const envelope = (data: object): string =>
  JSON.stringify({ request_id: '0', lease_id: '', renewable: false, lease_duration: 0, data, warnings: null });

const SECRET = envelope({
  data: { password: 'not-a-real-password' },
  metadata: { created_time: '2026-01-01T00:00:00Z', deletion_time: '', destroyed: false, version: 1 },
});
const TOKEN = envelope({ ttl: 0, renewable: false, num_uses: 0 });

export async function startSlowVault(delayMs: number): Promise<SlowVault> {
  let reads = 0;
  const server = createServer((request, response) => {
    const isRead = request.url?.startsWith('/v1/secret/data/') === true;
    if (isRead) reads += 1;
    const answer = (): void =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end(isRead ? SECRET : TOKEN);
    if (isRead) setTimeout(answer, delayMs);
    else answer();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new TypeError('the server has no port');
  return {
    address: `http://127.0.0.1:${address.port}`,
    reads: () => reads,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
