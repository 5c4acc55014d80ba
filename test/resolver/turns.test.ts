import { test } from 'tap';
import { Turns } from '../../src/resolver/turns.ts';

test('a turn is over when it has taken its time, and others come before the next', async (t) => {
  let nowMs = 0;
  const turns = new Turns({ monotonicMs: () => nowMs });
  const overAt = (): number => {
    for (let step = 1; step <= 1_000; step++) if (turns.isOver()) return step;
    return 0;
  };
  t.equal(overAt(), 0, 'no time passes');
  nowMs = 5;
  t.ok(overAt() > 0);
  let others = 0;
  setImmediate(() => others++);
  await turns.next();
  t.equal(others, 1);
  t.equal(overAt(), 0, 'a new turn');
});
