// Reads one cached secret through the library as often as it can, and prints reads a second.
// Arguments: the secrets file, seconds, the audit file or nothing.
import { setImmediate as turn } from 'node:timers/promises';
import { createSecretsClient } from '../src/library/create-secrets-client.ts';

// A loop that never ends its turn would never let the audit lines out.
const READS_PER_TURN = 1_000;

const [file = '', seconds = '1', auditFile] = process.argv.slice(2);
const client = createSecretsClient({
  providers: [{ type: 'local', path: file }],
  audit: { enabled: auditFile !== undefined, sink: auditFile ?? 'stdout' },
});
await client.getSecret('value/60');

async function readsPerSecond(durationMs: number): Promise<number> {
  const startedMs = performance.now();
  let reads = 0;
  while (performance.now() - startedMs < durationMs) {
    for (let at = 0; at < READS_PER_TURN; at += 1) await client.getSecret('value/60');
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
