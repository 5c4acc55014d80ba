import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { FuzzedDaemon } from './fuzzed-daemon.ts';
import { openSocket } from './open-socket.ts';

// Refused on the raw socket, or never complete: what no time-out of a request covers.
const BEGINNINGS = [
  'garbage\r\n\r\n',
  'CONNECT a:443 HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /livez HTTP/1.1\r\nHost: localhost\r\nExpect: something\r\n\r\n',
  'GET /livez HTTP/1.1\r\nHos',
  'POST /v1/resolve HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nabc',
];
const SETTLE_MS = 200;

/** Opens connections that a bad client would never close. @returns what lets go of them. */
export async function holdConnections({ addresses }: FuzzedDaemon): Promise<() => void> {
  const sockets: Socket[] = [];
  for (const listener of ['tcp', 'unix'] as const) {
    for (const beginning of BEGINNINGS) {
      const socket = openSocket(addresses[listener]);
      // An end of the daemon's side is taken note of, and nothing is done about it.
      socket.on('error', () => undefined).resume();
      sockets.push(socket);
      await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
      socket.write(beginning);
    }
  }
  await pause(SETTLE_MS);
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}
