import { mock } from 'node:test';
import * as fc from 'fast-check';
import { type Test, test } from 'tap';
import { CacheModel, MAX_STALE_MS } from './cache-model.ts';
import { createClientRig, DEADLINE_MS, noMetrics, TTL_MS } from './client-rig.ts';
import { createPair } from './failover-rig.ts';
import { faults, ModelledStore } from './modelled-store.ts';

const metrics = noMetrics();
const paths = fc.constantFrom('a', 'b', 'ab');

// Both sides of every bound: patience, a second, an attempt, the deadline, the pause of the breaker, ttl, `maxStale`.
const steps = fc.constantFrom(1, 250, 500, 1_000, 3_000, 10_000, 29_000, 65_000, TTL_MS - 500, TTL_MS, MAX_STALE_MS);

const read = fc.record({ do: fc.constant('read' as const), path: paths, isPinned: fc.boolean(), fresh: fc.boolean() });

const action = fc.oneof(
  { weight: 8, arbitrary: read.map((asked) => ({ ...asked, fresh: false, isPinned: false })) },
  { weight: 4, arbitrary: read },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('step' as const), ms: steps }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('write' as const), path: paths }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      path: paths,
      fault: fc.constantFrom(...faults),
      isBackup: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('latency' as const), ms: fc.constantFrom(0, 100, 700, 2_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('invalidate' as const), path: paths }) },
);

type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

interface Trial {
  readonly actions: readonly Action[];
  readonly random: () => number;
  /** Whether there is a second store. */
  readonly hasBackup: boolean;
}

/** @returns what is wrong, empty when nothing is */
async function run({ actions, random, hasBackup }: Trial): Promise<readonly string[]> {
  const options = { metrics, random, cache: { refreshAheadMs: 60_000, maxStaleMs: MAX_STALE_MS } };
  const pair = hasBackup ? createPair(options) : undefined;
  const rig = pair ?? createClientRig(options);
  const store = new ModelledStore(rig.provider, rig.clock);
  const backup = pair && new ModelledStore(pair.backup, rig.clock);
  const model = new CacheModel(rig, store, backup);
  const pass = async (ms: number): Promise<void> => {
    await rig.clock.advance(ms);
    mock.timers.tick(ms);
    await rig.clock.advance(0);
  };
  for (const each of actions) {
    if (each.do === 'read') model.read(each);
    else if (each.do === 'step') await pass(each.ms);
    else if (each.do === 'write') store.write(each.path);
    else if (each.do === 'fault') (each.isBackup ? backup : store)?.setFault(each.path, each.fault);
    else if (each.do === 'latency') store.setLatency(each.ms);
    else {
      // The model tells questions by their order, so they have to be on their way.
      await pass(0);
      model.invalidate(each.path);
    }
  }
  await pass(3 * DEADLINE_MS);
  const unsettled = model.unsettled === 0 ? [] : [`${model.unsettled} reads were never answered`];
  await rig.pipeline.close();
  for (const { breaker } of rig.sources) breaker.close();
  return [...model.violations, ...unsettled];
}

async function judge(t: Test, options: { readonly hasBackup: boolean; readonly numRuns: number }): Promise<void> {
  const { hasBackup, numRuns } = options;
  mock.timers.enable({ apis: ['setTimeout'] });
  t.teardown(() => mock.timers.reset());
  const property = fc.asyncProperty(
    fc.array(action, { minLength: 5, maxLength: 40 }),
    fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
    async (actions, numbers) => {
      const wrong = await run({ actions, random: () => numbers.next().value ?? 0, hasBackup });
      if (wrong.length > 0) throw new Error(wrong.join('\n'));
    },
  );
  const { failed, errorInstance, counterexample, seed } = await fc.check(property, { numRuns });
  t.notOk(failed, `${String(errorInstance)} ${JSON.stringify(counterexample?.[0])} ${seed}`);
}

test('no sequence of reads, writes, faults, waits and invalidations makes it serve what its rules do not allow', (t) =>
  judge(t, { hasBackup: false, numRuns: 300 }));

test('nor does one with a second store', (t) => judge(t, { hasBackup: true, numRuns: 150 }));
