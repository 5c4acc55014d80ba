import { toRequestBytes } from './capture.ts';
import { Latencies } from './latencies.ts';
import { resolveAsk } from './request-rows.ts';
import type { FigureRow } from './row.ts';
import type { Stand } from './stand.ts';

const CONCURRENT = 1_000;

/** Resolves of 10 cached references: one after the other, then a thousand at the same time. */
export async function measureResolve({ generator, daemons: [daemon], options }: Stand): Promise<FigureRow> {
  const address = { port: daemon.port };
  const job = { address, requests: [toRequestBytes(resolveAsk(10))], expectedStatus: 200 };
  const alone = await generator.run({ ...job, connections: 1, durationMs: options.seconds * 1_000 });
  const together = await generator.run({ ...job, connections: CONCURRENT, count: CONCURRENT });
  if (alone.errors > 0) throw new Error(`${alone.errors} errors, the first: ${alone.firstError ?? 'unknown'}`);
  if (together.responses + together.errors < CONCURRENT) throw new Error('not every resolve was answered');
  const latencies = Latencies.of([alone.latencies]);
  const [p50Ms, p99Ms] = [latencies.percentile(0.5), latencies.percentile(0.99)];
  return {
    kind: 'figure',
    name: 'resolve of 10 cached references',
    budget: 'p50 < 1 ms; no error among 1,000',
    figure: `p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms; ${together.errors} errors among 1,000 concurrent`,
    values: { p50Ms, p99Ms, concurrentErrors: together.errors, concurrentMs: together.elapsedMs },
  };
}
