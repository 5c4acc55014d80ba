import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { ListenAddress } from '../../src/config/config.ts';
import { checkExchange } from './contract-check.ts';
import type { Answer } from './http.ts';

/** A connection that has been made. */
export async function open(address: ListenAddress): Promise<Socket> {
  const socket = address.kind === 'unix' ? connect(address.path) : connect(address.port, address.host);
  await once(socket, 'connect');
  return socket;
}

/**
 * Sends bytes that no HTTP client would, and reads the one answer until the daemon closes the connection. The answer is
 * held against the contract like any other.
 */
export async function sendRaw(address: ListenAddress, bytes: string | Uint8Array): Promise<Answer> {
  const socket = await open(address);
  // What was not read any more may come back as a reset, after the answer.
  socket.on('error', () => undefined);
  socket.write(bytes);
  const answer = parseAnswer(await buffer(socket));
  checkExchange({ method: 'RAW', path: Buffer.from(bytes).toString('latin1', 0, 60), ...answer });
  return answer;
}

function parseAnswer(bytes: Buffer): Answer {
  const end = bytes.indexOf('\r\n\r\n');
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const body = bytes.subarray(end + 4);
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
  const length = headers['content-length'];
  if (end < 0 || Number.isNaN(status) || (length !== undefined && Number(length) !== body.length))
    throw new Error(`this is no whole HTTP answer: ${bytes.toString('latin1').slice(0, 500)}`);
  const text = body.toString();
  return { status, headers, body, text, json: text === '' ? undefined : JSON.parse(text) };
}
