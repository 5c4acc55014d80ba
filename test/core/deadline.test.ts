import { test } from 'tap';
import { withDeadline } from '../../src/core/deadline.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const late = new Error('too late');
const onTimeout = (): Error => late;

test('work that is done in time is answered, and leaves no timer', async (t) => {
  const clock = new FakeClock();
  t.equal(await withDeadline({ clock, timeoutMs: 10, onTimeout }, async () => 'done'), 'done');
  t.equal(clock.timers, 0);
});

test('an error of the work passes, and leaves no timer', async (t) => {
  const clock = new FakeClock();
  const error = new Error('work');
  await t.rejects(
    withDeadline({ clock, timeoutMs: 10, onTimeout }, () => Promise.reject(error)),
    error,
  );
  t.equal(clock.timers, 0);
});

test('work that does not listen to its signal is cut off all the same', async (t) => {
  const clock = new FakeClock();
  const signals: AbortSignal[] = [];
  let outcome: unknown = 'pending';
  const work = withDeadline({ clock, timeoutMs: 10, onTimeout }, (signal) => {
    signals.push(signal);
    return new Promise<never>(() => {});
  }).catch((error: unknown) => (outcome = error));
  await clock.advance(9);
  t.equal(outcome, 'pending');
  await clock.advance(1);
  t.equal(outcome, late);
  await work;
  t.match(signals, [{ aborted: true, reason: late }]);
  t.equal(clock.timers, 0);
});

test('what the work says after its time is not heard', async (t) => {
  const clock = new FakeClock();
  const { promise, reject } = Promise.withResolvers<never>();
  const work = withDeadline({ clock, timeoutMs: 10, onTimeout }, () => promise);
  const rejected = t.rejects(work, late);
  await clock.advance(10);
  reject(new Error('afterwards'));
  await rejected;
});

test('the end of the parent is the end of the work, for its reason', async (t) => {
  const clock = new FakeClock();
  const parent = new AbortController();
  const reason = new Error('parent');
  const work = withDeadline(
    { clock, timeoutMs: 10, onTimeout, parent: parent.signal },
    () => new Promise<never>(() => {}),
  );
  parent.abort(reason);
  await t.rejects(work, reason);
  t.equal(clock.timers, 0);
});

test('a parent that has ended already ends it at once', async (t) => {
  const clock = new FakeClock();
  const reason = new Error('parent');
  const parent = AbortSignal.abort(reason);
  const seen: boolean[] = [];
  const work = withDeadline({ clock, timeoutMs: 10, onTimeout, parent }, async (signal) => {
    seen.push(signal.aborted);
    return new Promise<never>(() => {});
  });
  await t.rejects(work, reason);
  t.same(seen, [true]);
  t.equal(clock.timers, 0);
});

test('a parent that ends later finds nobody', async (t) => {
  const clock = new FakeClock();
  const parent = new AbortController();
  const signals: AbortSignal[] = [];
  await withDeadline({ clock, timeoutMs: 10, onTimeout, parent: parent.signal }, async (signal) =>
    signals.push(signal),
  );
  parent.abort(new Error('parent'));
  t.match(signals, [{ aborted: false }]);
});

test('without an error of its own it is a time-out', async (t) => {
  const clock = new FakeClock();
  const work = withDeadline({ clock, timeoutMs: 10 }, () => new Promise<never>(() => {}));
  const rejected = t.rejects(work, { category: 'NetworkError', code: 'Timeout' });
  await clock.advance(10);
  await rejected;
});
