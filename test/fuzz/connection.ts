import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Exchange } from './exchange.ts';
import { type Address, openSocket } from './open-socket.ts';
import { parseResponses } from './response-parser.ts';

/** What came back on one connection. */
export interface Outcome {
  readonly received: Buffer;
  /**
   * `closed` by the daemon after its answers or ours; `reset`; `hung up` by us; `stuck`: nothing happened for too long.
   */
  readonly end: 'closed' | 'reset' | 'hung up' | 'stuck';
}

// Broken bytes may leave the daemon waiting for more: after so long without a byte we say that there are no more.
const QUIET_MS = 25;
const ANSWER_WITHIN_MS = 10_000;
const CLOSE_WITHIN_MS = 5_000;

/** Sends an exchange over a raw socket and takes what comes, to the end of the connection. */
export async function perform(exchange: Exchange, address: Address, mayBeHead: boolean): Promise<Outcome> {
  const socket = openSocket(address);
  socket.setNoDelay(true);
  const chunks: Buffer[] = [];
  const ended = new Promise<Outcome['end']>((resolve) => {
    socket.on('end', () => {
      if (!socket.writableEnded) socket.end();
    });
    socket.on('error', () => resolve('reset'));
    socket.on('close', () => resolve('closed'));
  });
  const count = (): number => parseResponses(Buffer.concat(chunks), mayBeHead).responses.length;
  const quiet = watchQuiet(socket, (chunk) => chunks.push(chunk));
  const isOver = ended.then(() => true);
  await send(socket, exchange);
  if (exchange.ending === 'hang-up') {
    socket.destroy();
    return { received: Buffer.concat(chunks), end: 'hung up' };
  }
  if (exchange.ending === 'wait') {
    const wanted = exchange.expected?.length;
    const enough = (): boolean => wanted !== undefined && count() >= wanted;
    await Promise.race([quiet({ enough, forMs: wanted === undefined ? QUIET_MS : ANSWER_WITHIN_MS }), isOver]);
  }
  if (!socket.writableEnded) socket.end();
  const end = await Promise.race([ended, pause(CLOSE_WITHIN_MS, 'stuck' as const, { ref: false })]);
  socket.destroy();
  return { received: Buffer.concat(chunks), end };
}

async function send(socket: Socket, { segments, pauseMs }: Exchange): Promise<void> {
  for (const [at, segment] of segments.entries()) {
    if (at > 0 && pauseMs > 0) await pause(pauseMs);
    if (socket.destroyed) return;
    socket.write(segment);
  }
}

interface QuietPlan {
  readonly enough: () => boolean;
  readonly forMs: number;
}

/** Collects what comes; the function waits until it is enough, or until nothing has come for so long. */
function watchQuiet(socket: Socket, take: (chunk: Buffer) => void): (plan: QuietPlan) => Promise<void> {
  let onChunk = (): void => undefined;
  socket.on('data', (chunk: Buffer) => {
    take(chunk);
    onChunk();
  });
  return ({ enough, forMs }) =>
    new Promise((resolve) => {
      let timer = setTimeout(resolve, forMs);
      onChunk = () => {
        clearTimeout(timer);
        if (enough()) resolve();
        else timer = setTimeout(resolve, forMs);
      };
      if (enough()) onChunk();
      socket.once('close', () => clearTimeout(timer));
    });
}
