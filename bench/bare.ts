import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Ask, capture } from './capture.ts';
import { type Child, startChild } from './child.ts';
import type { Stand } from './stand.ts';

const READY = /bare server on (\d+)/;

/** A bare server on a free port and on a unix socket. */
export interface BareServer extends Child {
  readonly port: number;
  readonly socketPath: string;
}

/** What it is to answer: what a daemon is asked, and has to say to it. */
export interface BarePlan {
  readonly ask: Ask;
  readonly expectedStatus?: number;
}

/** Starts one that sends what the daemon at a port answers. */
export async function startBare(
  { pinning, directory }: Pick<Stand, 'pinning' | 'directory'>,
  { ask, expectedStatus = 200 }: BarePlan,
  port: number,
): Promise<BareServer> {
  const answer = await capture(port, ask);
  if (answer.status !== expectedStatus) throw new Error(`the daemon answers ${answer.status}, not ${expectedStatus}`);
  const own = await mkdtemp(join(directory, 'bare-'));
  const [file, socketPath] = [join(own, 'answer.json'), join(own, 'bare.sock')];
  await writeFile(file, JSON.stringify(answer));
  const child = await startChild({
    prefix: pinning.server,
    args: ['bench/bare-server.ts', file, socketPath],
    ready: READY,
  });
  return { ...child, port: Number(child.said), socketPath };
}
