import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild } from './child.ts';
import type { FigureRow } from './row.ts';
import { writeFewSecrets } from './secrets-file.ts';
import type { Stand } from './stand.ts';

/** Cached reads of the library, with and without an audit file. */
export async function measureInProcess({ pinning, directory, options }: Stand): Promise<FigureRow> {
  const own = await mkdtemp(join(directory, 'in-process-'));
  await writeFewSecrets(own);
  const read = async (...audit: readonly string[]): Promise<number> => {
    const args = [
      'bench/in-process-read.ts',
      join(own, 'secrets.json'),
      String(Math.max(1, options.seconds)),
      ...audit,
    ];
    const child = await startChild({ prefix: pinning.server, args, ready: /reads a second: (\d+)/ });
    await child.stop();
    return Number(child.said);
  };
  const [bare, audited] = [await read(), await read(join(own, 'audit.log'))];
  return {
    kind: 'figure',
    name: 'in-process cached client.getSecret',
    budget: '≥ 1,000,000 a second',
    figure: `${count(bare)} a second; ${count(audited)} with an audit file`,
    values: { perSecond: bare, perSecondAudited: audited },
  };
}

const count = (value: number): string => value.toLocaleString('en');
