import { once } from 'node:events';
import { createServer } from 'node:http';

/** A Vault on loopback with one KV v2 secret at every path, that counts reads and may take its time for each. */
export interface SlowVault {
  readonly address: string;
  /** As a provider of the configuration. */
  readonly provider: object;
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
const MOUNT = envelope({ path: 'secret/', type: 'kv', options: { version: '2' } });

export async function startSlowVault(delayMs: number): Promise<SlowVault> {
  let reads = 0;
  const server = createServer(({ url = '' }, response) => {
    const isRead = url.startsWith('/v1/secret/data/');
    if (isRead) reads += 1;
    const body = isRead ? SECRET : url.startsWith('/v1/sys/internal/ui/mounts/') ? MOUNT : TOKEN;
    const answer = (): void => void response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    if (isRead && delayMs > 0) setTimeout(answer, delayMs);
    else answer();
  });
  server.keepAliveTimeout = 75_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const listening = server.address();
  if (typeof listening !== 'object' || listening === null) throw new TypeError('the server has no port');
  const address = `http://127.0.0.1:${listening.port}`;
  const auth = { method: 'token', token: 'bench-token' };
  return {
    address,
    provider: { name: 'vault', type: 'vault', address, auth, revokeOnShutdown: false },
    reads: () => reads,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
