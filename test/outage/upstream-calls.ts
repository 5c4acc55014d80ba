import type { Daemon } from '../e2e/daemon.ts';

/** How often the daemon has asked its stores so far, as its metrics tell; `call` is an operation such as `get`. */
export async function upstreamCalls(daemon: Daemon, call?: string): Promise<number> {
  const { text } = await daemon.http().get('/metrics');
  let count = 0;
  for (const [, labels = '', value] of text.matchAll(/^secrets_provider_calls_total\{(.*)\} (\d+)$/gm))
    if (call === undefined || labels.includes(`call="${call}"`)) count += Number(value);
  return count;
}
