import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import type { FuzzedDaemon } from './fuzzed-daemon.ts';
import { openSocket } from './open-socket.ts';

// Answered on the raw socket, where a failed write is nobody's but ours.
const REQUESTS = [
  'CONNECT a:443 HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /livez HTTP/1.1\r\nHost: localhost\r\nExpect: something\r\n\r\n',
  'garbage\r\n\r\n',
];
const TIMES = 50;
const SETTLE_MS = 200;

/** Asks and is gone before the answer is written, often enough for the daemon to write into a closed connection. */
export async function hangUp({ addresses }: FuzzedDaemon): Promise<void> {
  for (const listener of ['tcp', 'unix'] as const) {
    for (const request of REQUESTS) {
      for (let time = 0; time < TIMES; time += 1) {
        const socket = openSocket(addresses[listener]);
        const closed = new Promise((resolve) => socket.once('close', resolve));
        // A daemon that is gone refuses the connection; it is looked for afterwards.
        socket.on('error', () => undefined);
        await Promise.race([new Promise((resolve) => socket.once('connect', resolve)), closed]);
        socket.write(request);
        await turn();
        socket.destroy();
        await closed;
      }
    }
  }
  await pause(SETTLE_MS);
}
