// A process of its own, made to be killed: reads the secrets of the configuration anew and writes the cache file, again
// and again, and tells the lowest version that is in a file as soon as it is there.
//   arguments: the configuration, then paths
import { readFile } from 'node:fs/promises';
import { compose } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { systemClock } from '../../src/core/clock.ts';
import { EventHub } from '../../src/notifications/event-hub.ts';
import { vaultProvider } from '../../src/providers/vault/provider.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { Metrics } from '../../src/observability/metrics.ts';

const [file = '', ...paths] = process.argv.slice(2);
const WRITES_OF_EACH = 5;
const context = { caller: 'anonymous', source: 'writer', requestId: 'writer' };
const none = <T>(): ReadonlyMap<string, T> => new Map<string, T>();

const kinds = [vaultProvider];
const { config } = loadConfig({ text: await readFile(file, 'utf8'), file }, kinds);
const { client, cacheFile } = await compose(
  {
    kinds,
    events: new EventHub(systemClock),
    metrics: new Metrics({ cacheSize: none, breakerStates: none, identityExpiryMs: none }),
    clock: systemClock,
    log: createLogger({ level: 'silent' }),
    random: Math.random,
    onStoreChange: () => undefined,
    onBreakerChange: () => undefined,
  },
  config,
);
for (;;) {
  for (const { name } of config.providers) client.dropInstance(name);
  const answers = await Promise.all(paths.map(async (path) => client.read({ path, context })));
  const versions = answers.map(({ entry }) => Number(entry.secret.version));
  // Each is sealed anew. Most of the time is to go into writing.
  for (let write = 0; write < WRITES_OF_EACH; write++) {
    await cacheFile?.write();
    process.stdout.write(`${Math.min(...versions)}\n`);
  }
}
