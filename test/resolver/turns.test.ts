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

test('each item has its step, in order, in as many turns as that takes', async (t) => {
  let nowMs = 0;
  const turns = new Turns({ monotonicMs: () => nowMs });
  const items = Array.from({ length: 100 }, (_, index) => index);
  const done: number[] = [];
  let doneInFirst: number | undefined;
  setImmediate(() => (doneInFirst ??= done.length));
  await turns.each(items, (item) => {
    done.push(item);
    if (item === 20) nowMs = 5;
  });
  t.same(done, items);
  t.ok(Number(doneInFirst) > 20 && Number(doneInFirst) < 100, `${doneInFirst} in the first turn`);
  await t.rejects(
    turns.each(items.values(), () => {
      throw new RangeError('no more');
    }),
    RangeError,
  );
});

test('of several jobs the oldest has every turn until it ends', async (t) => {
  const turnsTaken: string[] = [];
  const work = async (name: string, turns: Turns): Promise<void> => {
    for (let turn = 1; turn <= 3; turn++) {
      await turns.next();
      turnsTaken.push(`${name}${turn}`);
    }
  };
  const clock = { monotonicMs: () => 0 };
  const [first, second] = [new Turns(clock), new Turns(clock)];
  await Promise.all([work('second', second), work('first', first)]);
  t.same(turnsTaken, ['first1', 'first2', 'first3', 'second1', 'second2', 'second3']);
});

test('a job that waits for something else lets younger ones go on, and goes before them again', async (t) => {
  const clock = { monotonicMs: () => 0 };
  const [older, younger] = [new Turns(clock), new Turns(clock)];
  const turnsTaken: string[] = [];
  await younger.next();
  const both = [older, younger, younger].map(async (turns, at) => {
    await turns.next();
    turnsTaken.push(at === 0 ? 'older' : 'younger');
  });
  await Promise.all(both);
  t.same(turnsTaken, ['older', 'younger', 'younger']);
});

test('one job in each turn of the event loop', async (t) => {
  const clock = { monotonicMs: () => 0 };
  let loops = 0;
  const count = (): void => {
    loops += 1;
    immediate = setImmediate(count);
  };
  let immediate = setImmediate(count);
  await Promise.all(Array.from({ length: 5 }, () => new Turns(clock).next()));
  clearImmediate(immediate);
  t.ok(loops >= 4, `${loops} turns of the loop`);
});
