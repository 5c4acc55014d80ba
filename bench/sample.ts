import type { Generator } from './generator.ts';
import type { LatencyCounts, LoadJob } from './load.ts';
import { cpuMicros } from './process-figures.ts';

/** One job, and what it cost the server. */
export interface Sample {
  readonly perSecond: number;
  /** CPU time of a request; absent where there is no /proc. */
  readonly cpuMicros?: number;
  /** Share of the time that the server was at work. */
  readonly busy?: number;
  readonly latencies: LatencyCounts;
}

/** @throws Error when a request failed. */
export async function sample(generator: Generator, pid: number, job: LoadJob): Promise<Sample> {
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
    latencies: result.latencies,
  };
}
