// The process that makes the load: takes jobs over IPC and answers each with what it saw.
import type { LoadJob, LoadResult } from './load.ts';
import { LoadConnection } from './load-connection.ts';
import { Latencies } from './latencies.ts';

/** A closed loop: each connection sends its next request when the last one was answered. */
async function run(job: LoadJob): Promise<LoadResult> {
  const latencies = new Latencies();
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
  let responses = 0;
  let sent = 0;
  let errors = 0;
  let firstError: string | undefined;
  let open = job.connections;
  let endsAtMs = Infinity;
  const fail = (reason: string): void => {
    errors += 1;
    firstError ??= reason;
  };
  const retire = (connection: LoadConnection): void => {
    connection.close();
    open -= 1;
    if (open === 0) finish();
  };
  const sendNext = (connection: LoadConnection, nowMs: number): void => {
    if (sent >= (job.requests ?? Infinity) || nowMs >= endsAtMs) {
      retire(connection);
      return;
    }
    sent += 1;
    connection.send();
  };
  const sink = {
    answered: (connection: LoadConnection, status: number): void => {
      const nowMs = performance.now();
      latencies.add(nowMs - connection.sentAtMs);
      responses += 1;
      if (status !== job.expectedStatus) fail(`an answer with status ${status}`);
      sendNext(connection, nowMs);
    },
    failed: (connection: LoadConnection, reason: string): void => {
      fail(reason);
      retire(connection);
    },
  };
  const request = Buffer.from(job.request, 'latin1');
  const bufferBytes = job.connections > 64 ? 16_384 : 65_536;
  const connections = Array.from(
    { length: job.connections },
    () => new LoadConnection({ port: job.port, request, bufferBytes, sink }),
  );
  await Promise.all(connections.map((connection) => connection.whenOpen()));
  const startedMs = performance.now();
  const cpuBefore = process.cpuUsage();
  endsAtMs = startedMs + (job.durationMs ?? Infinity);
  for (const connection of connections) sendNext(connection, startedMs);
  await finished;
  const elapsedMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  const [p50, p99, max] = [0.5, 0.99, 1].map((share) => latencies.percentile(share));
  return {
    responses,
    errors,
    ...(firstError !== undefined && { firstError }),
    elapsedMs,
    generatorBusy: (user + system) / 1_000 / elapsedMs,
    latencyMs: { p50: p50 ?? 0, p99: p99 ?? 0, max: max ?? 0 },
  };
}

process.on('message', (job: LoadJob) => {
  run(job).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ failure: String(error) }),
  );
});
console.log('generator ready');
