import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Ask, capture, toRequestBytes } from './capture.ts';
import { startChild } from './child.ts';
import type { BenchDaemon } from './daemon.ts';
import type { Generator } from './generator.ts';
import type { LoadJob } from './load.ts';
import type { BenchOptions } from './options.ts';
import type { Pinning } from './pinning.ts';
import { cpuMicros } from './process-figures.ts';
import { median, type RatioRow, type ServerFigures, spreadOf } from './row.ts';

export interface Stand {
  readonly options: BenchOptions;
  readonly pinning: Pinning;
  readonly generator: Generator;
  readonly daemon: BenchDaemon;
  readonly directory: string;
}

export interface RatioPlan {
  readonly name: string;
  readonly budget: string;
  readonly ask: Ask;
  readonly expectedStatus?: number;
  readonly connections?: number;
}

interface Sample extends ServerFigures {
  readonly generatorBusy: number;
}

const CONNECTIONS = 16;
// Enough for the compiler to be done with the hot path.
const WARM_UP_MS = 800;
const BARE_READY = /bare server on (\d+)/;

/** Loads the daemon and a bare server that sends the same bytes, turn by turn. */
export async function measureRatio(stand: Stand, plan: RatioPlan): Promise<RatioRow> {
  const { daemon, directory, pinning, options } = stand;
  const { ask, expectedStatus = 200, connections = CONNECTIONS } = plan;
  const answer = await capture(daemon.port, ask);
  if (answer.status !== expectedStatus) throw new Error(`the daemon answers ${answer.status}, not ${expectedStatus}`);
  const file = join(directory, 'bare.json');
  await writeFile(file, JSON.stringify(answer));
  const bare = await startChild({ prefix: pinning.server, args: ['bench/bare-server.ts', file], ready: BARE_READY });
  try {
    const request = toRequestBytes(ask);
    const load = { request, connections, expectedStatus, durationMs: options.seconds * 1_000 };
    const servers = [
      { pid: daemon.pid, job: { ...load, port: daemon.port } },
      { pid: bare.pid, job: { ...load, port: Number(bare.said) } },
    ] as const;
    for (const { pid, job } of servers) await sample(stand.generator, pid, { ...job, durationMs: WARM_UP_MS });
    const rounds: Round[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      const [ours, theirs] = servers;
      const keyfob = await sample(stand.generator, ours.pid, ours.job);
      await daemon.trimAudit();
      rounds.push({ keyfob, bare: await sample(stand.generator, theirs.pid, theirs.job) });
    }
    return toRow(plan, rounds);
  } finally {
    await bare.stop();
  }
}

async function sample(generator: Generator, pid: number, job: LoadJob): Promise<Sample> {
  const before = await cpuMicros(pid);
  const result = await generator.run(job);
  const after = await cpuMicros(pid);
  if (result.errors > 0) throw new Error(`${result.errors} errors, the first: ${result.firstError ?? 'unknown'}`);
  return {
    perSecond: (result.responses / result.elapsedMs) * 1_000,
    ...(before !== undefined &&
      after !== undefined && {
        cpuMicros: (after - before) / result.responses,
        busy: (after - before) / 1_000 / result.elapsedMs,
      }),
    p50Ms: result.latencyMs.p50,
    p99Ms: result.latencyMs.p99,
    generatorBusy: result.generatorBusy,
  };
}

// Below it a server did not have its core to itself, and the round compares two different machines.
const UNDISTURBED_BUSY = 0.9;
const FEWEST_ROUNDS = 3;

interface Round {
  readonly keyfob: Sample;
  readonly bare: Sample;
}

/** Rounds in which both servers had their core; all of them when those are too few. */
function undisturbed(rounds: readonly Round[]): readonly Round[] {
  const good = rounds.filter(({ keyfob, bare }) =>
    [keyfob, bare].every(({ busy }) => busy === undefined || busy >= UNDISTURBED_BUSY),
  );
  return good.length >= FEWEST_ROUNDS ? good : rounds;
}

function toRow({ name, budget }: RatioPlan, all: readonly Round[]): RatioRow {
  const rounds = undisturbed(all);
  const throughput = rounds.map(({ keyfob, bare }) => keyfob.perSecond / bare.perSecond);
  const cpu = rounds.flatMap(({ keyfob, bare }) =>
    keyfob.cpuMicros === undefined || bare.cpuMicros === undefined ? [] : [bare.cpuMicros / keyfob.cpuMicros],
  );
  return {
    kind: 'ratio',
    name,
    budget,
    rounds: rounds.length,
    throughput: spreadOf(throughput),
    ...(cpu.length > 0 && { cpu: spreadOf(cpu) }),
    keyfob: toFigures(rounds.map(({ keyfob }) => keyfob)),
    bare: toFigures(rounds.map(({ bare }) => bare)),
    generatorBusy: Math.max(...rounds.flatMap(({ keyfob, bare }) => [keyfob.generatorBusy, bare.generatorBusy])),
  };
}

function toFigures(samples: readonly Sample[]): ServerFigures {
  const cpu = samples.flatMap(({ cpuMicros: micros }) => (micros === undefined ? [] : [micros]));
  return {
    perSecond: median(samples.map(({ perSecond }) => perSecond)),
    ...(cpu.length > 0 && { cpuMicros: median(cpu), busy: median(samples.map(({ busy = 0 }) => busy)) }),
    p50Ms: median(samples.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(samples.map(({ p99Ms }) => p99Ms)),
  };
}
