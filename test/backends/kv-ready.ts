import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenBao } from './openbao.ts';

/** A new KV engine of version 2 refuses calls for a moment. */
export async function kvReady(bao: OpenBao, mount: string): Promise<void> {
  while ((await bao.ask(`${mount}/config`)).status !== 200) await sleep(10);
}
