import * as fc from 'fast-check';
import { test } from 'tap';
import { type BudgetRequest, CallBudget } from '../../src/resilience/call-budget.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const DEADLINE_MS = 10_000;

interface Rig {
  readonly clock: FakeClock;
  readonly budget: CallBudget;
  take(request?: Partial<BudgetRequest>): Promise<void>;
  /** Takes what can be had now, at most 10,000. @returns how many */
  drain(request?: Partial<BudgetRequest>): Promise<number>;
}

function createRig(perSecond = 10, burst = 5): Rig {
  const clock = new FakeClock();
  const budget = new CallBudget({ name: 'vault', clock, perSecond, burst });
  const { signal } = new AbortController();
  const take = (request: Partial<BudgetRequest> = {}): Promise<void> =>
    budget.take({ isBackground: false, deadlineAtMs: clock.monotonicMs() + DEADLINE_MS, signal, ...request });
  const drain = async (request?: Partial<BudgetRequest>): Promise<number> => {
    const deadlineAtMs = clock.monotonicMs() + 0.5;
    for (let count = 0; count < 10_000; count++) {
      try {
        await take({ deadlineAtMs, ...request });
      } catch {
        return count;
      }
    }
    return 10_000;
  };
  return { clock, budget, take, drain };
}

/** When each of these calls got its token, in milliseconds from now. */
async function times({ clock }: Rig, calls: readonly Promise<void>[]): Promise<readonly unknown[]> {
  const startMs = clock.monotonicMs();
  const done = calls.map((call) =>
    call.then(
      () => Math.round(clock.monotonicMs() - startMs),
      () => 'refused',
    ),
  );
  await clock.advance(2 * DEADLINE_MS);
  return Promise.all(done);
}

test('a burst at once, then so many a second', async (t) => {
  const rig = createRig(10, 5);
  const calls = Array.from({ length: 8 }, () => rig.take());
  t.same(await times(rig, calls), [0, 0, 0, 0, 0, 100, 200, 300]);
  t.equal(rig.clock.timers, 0);
});

test('tokens come back with time, up to the burst', async (t) => {
  const rig = createRig(10, 5);
  t.equal(await rig.drain(), 5);
  await rig.clock.advance(300);
  t.equal(await rig.drain(), 3);
  await rig.clock.advance(3_600_000);
  t.equal(await rig.drain(), 5);
});

test('they are promised in the order in which they are asked for', async (t) => {
  const rig = createRig(1, 1);
  const order: number[] = [];
  const calls = [0, 1, 2, 3].map((index) => rig.take().then(() => order.push(index)));
  await rig.clock.advance(1_500);
  const late = rig.take().then(() => order.push(9));
  t.same(order, [0, 1]);
  await rig.clock.advance(2_500);
  await Promise.all([...calls, late]);
  t.same(order, [0, 1, 2, 3, 9]);
});

test('a call that gets none before its deadline is refused at once, with the time to come back', async (t) => {
  const rig = createRig(2, 1);
  await rig.take();
  const calls = Array.from({ length: 19 }, () => rig.take());
  const refused = rig.take();
  await t.rejects(refused, {
    category: 'ProviderError',
    code: 'RateLimited',
    retryable: true,
    details: { provider: 'vault', retryAfterMs: DEADLINE_MS },
  });
  await t.rejects(rig.take({ deadlineAtMs: rig.clock.monotonicMs() + 9_999 }), { code: 'RateLimited' });
  t.same((await times(rig, calls)).at(-1), 9_500, 'and takes no token from those who wait');
});

test('a wait ends with its signal', async (t) => {
  const rig = createRig(1, 1);
  await rig.take();
  const controller = new AbortController();
  const reason = new Error('over');
  const waiting = t.rejects(rig.take({ signal: controller.signal }), reason);
  controller.abort(reason);
  await waiting;
  t.equal(rig.clock.timers, 0);
});

test('throttling halves the rate and the burst, never below one a second', async (t) => {
  const rig = createRig(50, 500);
  rig.budget.throttled();
  t.equal(rig.budget.perSecond, 25);
  t.equal(await rig.drain(), 250);
  for (let count = 0; count < 20; count++) rig.budget.throttled();
  t.equal(rig.budget.perSecond, 1);
  t.equal(await rig.drain(), 0);
  await rig.clock.advance(3_000);
  t.equal(await rig.drain(), 3);
  await rig.clock.advance(3_600_000);
  t.equal(await rig.drain(), 10);
});

test('what is promised stays promised when the rate shrinks', async (t) => {
  const rig = createRig(10, 1);
  const calls = [0, 1, 2].map(() => rig.take());
  rig.budget.throttled();
  t.same(await times(rig, calls), [0, 100, 200]);
});

test('success restores it, by and by and no further', async (t) => {
  const rig = createRig(50, 500);
  for (let count = 0; count < 20; count++) rig.budget.throttled();
  const rates: number[] = [];
  for (let count = 0; count < 25; count++) {
    rig.budget.succeeded();
    rates.push(rig.budget.perSecond);
  }
  t.equal(rates[0], 3.5);
  t.same(
    rates,
    rates.toSorted((a, b) => a - b),
  );
  t.equal(rates[19], 50);
  t.equal(rates[24], 50);
});

test('success does not give tokens by itself', async (t) => {
  const rig = createRig(10, 5);
  await rig.drain();
  rig.budget.throttled();
  rig.budget.succeeded();
  t.equal(await rig.drain(), 0);
});

test('calls in the background leave a tenth to reads, and never wait', async (t) => {
  const rig = createRig(10, 100);
  t.equal(await rig.drain({ isBackground: true }), 90);
  await t.rejects(rig.take({ isBackground: true }), { code: 'RateLimited' });
  t.equal(rig.clock.timers, 0);
  t.equal(await rig.drain(), 10);
});

test('calls in the background yield to reads that wait', async (t) => {
  const rig = createRig(10, 100);
  await rig.drain();
  const reading = rig.take();
  await t.rejects(rig.take({ isBackground: true }), { code: 'RateLimited' });
  t.same(await times(rig, [reading]), [100]);
});

test('however small the budget, calls in the background get through in a quiet time', async (t) => {
  for (const burst of [1, 2, 10]) {
    const rig = createRig(50, burst);
    for (let count = 0; count < 20; count++) rig.budget.throttled();
    await rig.clock.advance(3_600_000);
    t.ok((await rig.drain({ isBackground: true })) >= 1, `burst: ${burst}`);
  }
});

test('over any time no more calls go through than the burst and the rate allow', async (t) => {
  const step = fc.record({ waitMs: fc.nat(2_000), calls: fc.nat(20) });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.nat(30),
      fc.array(step, { maxLength: 10 }),
      async (...given) => {
        const [perSecond, more, steps] = given;
        const burst = 1 + more;
        const rig = createRig(perSecond, burst);
        const startMs = rig.clock.monotonicMs();
        const grants: number[] = [];
        for (const { waitMs, calls } of steps) {
          for (let count = 0; count < calls; count++)
            void rig.take().then(
              () => grants.push(rig.clock.monotonicMs()),
              () => undefined,
            );
          await rig.clock.advance(waitMs);
        }
        await rig.clock.advance(2 * DEADLINE_MS);
        const allowed = (atMs: number): number => burst + ((atMs - startMs) / 1_000) * perSecond + 1e-6;
        return grants.every((atMs, index) => index + 1 <= allowed(atMs));
      },
    ),
    { numRuns: 100 },
  );
  t.pass();
});
