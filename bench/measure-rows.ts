import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureCold } from './cold-row.ts';
import { startDaemon } from './daemon.ts';
import { Generator } from './generator.ts';
import { measureInProcess } from './in-process-row.ts';
import { measureMemory } from './memory-row.ts';
import type { BenchOptions } from './options.ts';
import type { Pinning } from './pinning.ts';
import { measureRatio } from './ratio-row.ts';
import { requestRows } from './request-rows.ts';
import { measureResolve } from './resolve-row.ts';
import type { FigureRow, Row } from './row.ts';
import { writeSecretsFile } from './secrets-file.ts';
import { measureScale } from './scale-rows.ts';
import { measureStampede } from './stampede-row.ts';
import type { Stand } from './stand.ts';
import { measureStart } from './start-row.ts';
import { measureTails } from './tail-rows.ts';

const BUNDLE = 'dist/keyfob.js';

/** Measures every row, one after the other; one that fails does not end the others. */
export async function measureRows(options: BenchOptions, pinning: Pinning): Promise<readonly Row[]> {
  const directory = await mkdtemp(join(tmpdir(), 'keyfob-bench-'));
  const generator = await Generator.start(pinning);
  try {
    const provider = await writeSecretsFile(directory);
    const daemon = await startDaemon({ pinning, directory, provider, bundle: BUNDLE });
    const before = options.before;
    const older = before === undefined ? [] : [await startDaemon({ pinning, directory, provider, bundle: before })];
    const bundles = [BUNDLE, ...(before === undefined ? [] : [before])] as const;
    try {
      const daemons = [daemon, ...older] as const;
      return await measureAll({ options, pinning, generator, daemons, bundles, directory, provider });
    } finally {
      await Promise.all([daemon, ...older].map((started) => started.stop()));
    }
  } finally {
    await generator.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function measureAll(stand: Stand): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const { only } = stand.options;
  for (const plan of await requestRows(stand.directory)) {
    if (only.test(plan.name)) rows.push(...(await attempt(plan.name, async () => [await measureRatio(stand, plan)])));
  }
  for (const [name, measure] of figureRows) {
    if (only.test(name)) rows.push(...(await attempt(name, () => measure(stand))));
  }
  return rows;
}

const figureRows: readonly (readonly [string, (stand: Stand) => Promise<readonly FigureRow[]>])[] = [
  ['resolve', async (stand) => [await measureResolve(stand)]],
  ['in-process read', async (stand) => [await measureInProcess(stand)]],
  ['cold miss', async (stand) => [await measureCold(stand)]],
  ['stampede', async (stand) => [await measureStampede(stand)]],
  ['tail', measureTails],
  ['scale', measureScale],
  ['start', measureStart],
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
