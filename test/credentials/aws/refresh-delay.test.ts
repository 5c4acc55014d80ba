import { test } from 'tap';
import { refreshDelayMs } from '../../../src/credentials/aws/refresh-delay.ts';

const MINUTE_MS = 60_000;

test('five minutes early, or at half of a short life, and never in a loop', (t) => {
  t.equal(refreshDelayMs(60 * MINUTE_MS), 55 * MINUTE_MS);
  t.equal(refreshDelayMs(15 * MINUTE_MS), 10 * MINUTE_MS);
  t.equal(refreshDelayMs(5 * MINUTE_MS), 2.5 * MINUTE_MS);
  t.equal(refreshDelayMs(2 * MINUTE_MS), MINUTE_MS);
  t.equal(refreshDelayMs(5 * MINUTE_MS + 1), 10_000, 'just above');
  t.equal(refreshDelayMs(1_000), 10_000);
  t.equal(refreshDelayMs(-1), 10_000);
  t.end();
});
