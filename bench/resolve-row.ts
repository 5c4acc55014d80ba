import { toRequestBytes } from './capture.ts';
import type { Stand } from './ratio-row.ts';
import { resolveAsk } from './request-rows.ts';
import type { FigureRow } from './row.ts';

const CONCURRENT = 1_000;

/** Resolves of 10 cached references: one after the other, then a thousand at the same time. */
export async function measureResolve({ generator, daemon, options }: Stand): Promise<FigureRow> {
  const job = { port: daemon.port, request: toRequestBytes(resolveAsk), expectedStatus: 200 };
  const alone = await generator.run({ ...job, connections: 1, durationMs: options.seconds * 1_000 });
  const together = await generator.run({ ...job, connections: CONCURRENT, requests: CONCURRENT });
  if (alone.errors > 0) throw new Error(`${alone.errors} errors, the first: ${alone.firstError ?? 'unknown'}`);
  if (together.responses + together.errors < CONCURRENT) throw new Error('not every resolve was answered');
  const { p50, p99 } = alone.latencyMs;
  return {
    kind: 'figure',
    name: 'resolve of 10 cached references',
    budget: 'p50 < 1 ms; no error among 1,000',
    figure: `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms; ${together.errors} errors among 1,000 concurrent`,
    values: { p50Ms: p50, p99Ms: p99, concurrentErrors: together.errors, concurrentMs: together.elapsedMs },
  };
}
