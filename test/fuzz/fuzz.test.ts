import { join } from 'node:path';
import tap, { type Test, test } from 'tap';
import type { Mode } from './exchange.ts';
import { fuzz } from './fuzz.ts';

// The whole is `npm run soak`.
const REQUESTS = 1_100;
const SEED = 20_260_101;

tap.setTimeout(600_000);

async function standsUp(t: Test, mode: Mode): Promise<void> {
  const root = join(import.meta.dirname, '../..');
  const { figures, checks } = await fuzz({ root, seed: SEED, requests: REQUESTS, mode });
  t.ok(figures.requests >= REQUESTS, 'all were sent');
  t.ok((figures.byStatus.get('200') ?? 0) > 100, 'some were answered');
  t.ok((figures.byStatus.get('400') ?? 0) > 100, 'some were refused');
  t.equal(
    (figures.byStatus.get('401') ?? 0) > 100,
    mode !== 'open' && mode !== 'tls',
    'for want of a token, where one is needed',
  );
  for (const { name, examples } of checks) t.strictSame(examples, [], name);
}

test('the daemon stands up to fuzzed requests', { timeout: 120_000 }, (t) => standsUp(t, 'open'));
test('so does one that asks for a token', { timeout: 120_000 }, (t) => standsUp(t, 'token'));
test('so does one that speaks TLS', { timeout: 120_000 }, (t) => standsUp(t, 'tls'));
test('so does one that asks for a JSON web token', { timeout: 120_000 }, (t) => standsUp(t, 'jwt'));
test("so does one with a caller's own socket", { timeout: 120_000 }, (t) => standsUp(t, 'socket'));
