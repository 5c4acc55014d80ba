import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDaemon } from './daemon.ts';
import { Generator } from './generator.ts';
import { measureInProcess } from './in-process-row.ts';
import { measureMemory } from './memory-row.ts';
import type { BenchOptions } from './options.ts';
import type { Pinning } from './pinning.ts';
import { measureRatio, type Stand } from './ratio-row.ts';
import { requestRows } from './request-rows.ts';
import { measureResolve } from './resolve-row.ts';
import type { FigureRow, Row } from './row.ts';
import { writeSecretsFile } from './secrets-file.ts';
import { measureStampede } from './stampede-row.ts';
import { measureStart } from './start-row.ts';

/** Measures every row, one after the other; one that fails does not end the others. */
export async function measureRows(options: BenchOptions, pinning: Pinning): Promise<readonly Row[]> {
  const directory = await mkdtemp(join(tmpdir(), 'keyfob-bench-'));
  const generator = await Generator.start(pinning);
  try {
    const daemon = await startDaemon({ pinning, directory, provider: await writeSecretsFile(directory) });
    const stand = { options, pinning, generator, daemon, directory };
    try {
      return await measureAll(stand);
    } finally {
      await daemon.stop();
    }
  } finally {
    await generator.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function measureAll(stand: Stand): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const plan of await requestRows(stand.daemon.port)) {
    rows.push(...(await attempt(plan.name, async () => [await measureRatio(stand, plan)])));
  }
  for (const [name, measure] of figureRows) rows.push(...(await attempt(name, () => measure(stand))));
  return rows;
}

const figureRows: readonly (readonly [string, (stand: Stand) => Promise<readonly FigureRow[]>])[] = [
  ['resolve', async (stand) => [await measureResolve(stand)]],
  ['in-process read', async (stand) => [await measureInProcess(stand)]],
  ['stampede', async (stand) => [await measureStampede(stand)]],
  ['start', async (stand) => [await measureStart(stand)]],
  ['memory', measureMemory],
];

async function attempt(name: string, measure: () => Promise<readonly Row[]>): Promise<readonly Row[]> {
  process.stderr.write(`measuring: ${name}\n`);
  try {
    return await measure();
  } catch (error) {
    return [{ kind: 'failed', name, reason: error instanceof Error ? error.message : String(error) }];
  }
}
