import { join } from 'node:path';
import { test } from 'tap';
import { fuzz } from './fuzz.ts';

// The whole is `npm run soak`.
const REQUESTS = 3_000;
const SEED = 20_260_101;

test('the daemon stands up to fuzzed requests', { timeout: 120_000 }, async (t) => {
  const root = join(import.meta.dirname, '../..');
  const { figures, checks } = await fuzz({ root, seed: SEED, requests: REQUESTS });
  t.ok(figures.requests >= REQUESTS, 'all were sent');
  t.ok((figures.byStatus.get('200') ?? 0) > 100, 'some were answered');
  t.ok((figures.byStatus.get('400') ?? 0) > 100, 'some were refused');
  for (const { name, examples } of checks) t.strictSame(examples, [], name);
});
