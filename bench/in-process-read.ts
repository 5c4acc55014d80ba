// Reads one cached secret through the client as often as it can, and prints reads a second.
// Arguments: the secrets file, seconds, the audit file or nothing.
import { setImmediate as turn } from 'node:timers/promises';
import { compose } from '../src/compose.ts';
import { localConfig } from '../src/config/load-config.ts';
import { systemClock } from '../src/core/clock.ts';
import type { Log } from '../src/core/log.ts';
import { EventHub } from '../src/notifications/event-hub.ts';
import { Metrics } from '../src/observability/metrics.ts';
import { providerKinds } from '../src/providers/registry.ts';

// A loop that never ends its turn would never let the audit lines out.
const READS_PER_TURN = 1_000;

const [file = '', seconds = '1', auditFile] = process.argv.slice(2);
const nothing = (): undefined => undefined;
const log: Log = { error: nothing, warn: nothing, info: nothing, debug: nothing, trace: nothing };
const none = <T>(): ReadonlyMap<string, T> => new Map<string, T>();
const metrics = new Metrics({ cacheSize: none, breakerStates: none, identityExpiryMs: none });
const told = { onStoreChange: nothing, onBreakerChange: nothing };
const events = new EventHub(systemClock);
const around = { kinds: providerKinds, events, metrics, clock: systemClock, log, random: Math.random, ...told };
const { config } = localConfig(file, providerKinds, {});
const audit = { enabled: auditFile !== undefined, sink: auditFile ?? 'stdout', failClosed: false };
const { client } = await compose(around, { ...config, audit });

const request = { path: 'value/60', context: { caller: 'anonymous', source: 'bench', requestId: 'bench' } };
await client.read(request);

async function readsPerSecond(durationMs: number): Promise<number> {
  const startedMs = performance.now();
  let reads = 0;
  while (performance.now() - startedMs < durationMs) {
    for (let at = 0; at < READS_PER_TURN; at += 1) {
      if (client.read(request) instanceof Promise) throw new Error('the secret was not cached');
    }
    reads += READS_PER_TURN;
    await turn();
  }
  return (reads / (performance.now() - startedMs)) * 1_000;
}

await readsPerSecond(300);
const rounds = [];
for (let round = 0; round < 3; round += 1) rounds.push(await readsPerSecond((Number(seconds) * 1_000) / 3));
console.log(`reads a second: ${Math.round(rounds.toSorted((a, b) => a - b)[1] ?? 0)}`);
process.exit(0);
