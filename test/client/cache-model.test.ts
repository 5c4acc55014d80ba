import { mock } from 'node:test';
import * as fc from 'fast-check';
import { type Test, test } from 'tap';
import type { CacheEntry } from '../../src/cache/cache-entry.ts';
import { type EntryRecord, fromRecord, type Moment, toRecord } from '../../src/cache/persistence/entry-record.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { FakeProvider } from '../fakes/fake-provider.ts';
import { CacheModel, MAX_STALE_MS } from './cache-model.ts';
import { type ClientRig, createClientRig, DEADLINE_MS, noMetrics, TTL_MS } from './client-rig.ts';
import { createPair } from './failover-rig.ts';
import { faults, ModelledStore } from './modelled-store.ts';

const metrics = noMetrics();
const all = ['a', 'b', 'ab'];
const paths = fc.constantFrom(...all);

// Both sides of every bound: patience, a second, an attempt, the deadline, the pause of the breaker, ttl, `maxStale`.
const steps = fc.constantFrom(1, 250, 500, 1_000, 3_000, 10_000, 29_000, 65_000, TTL_MS - 500, TTL_MS, MAX_STALE_MS);
const wallSteps = fc.constantFrom(0, 60_000, MAX_STALE_MS, 86_400_000, -1_000, -65_000, -MAX_STALE_MS, -86_400_000);

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
      paths: fc.oneof(
        paths.map((path) => [path]),
        fc.constant(all),
      ),
      fault: fc.constantFrom(...faults),
      isBackup: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restart' as const), downMs: steps, wallStepMs: wallSteps }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('step wall' as const), ms: wallSteps }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('latency' as const), ms: fc.constantFrom(0, 100, 700, 2_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('invalidate' as const), path: paths }) },
);

type Rig = ClientRig & { readonly backup?: FakeProvider };
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

interface Trial {
  readonly actions: readonly Action[];
  readonly random: () => number;
  /** Whether there is a second store. */
  readonly hasBackup: boolean;
}

/** One process after another, each with a monotonic clock of its own, over the same stores. */
class Processes {
  readonly store: ModelledStore;
  readonly backup: ModelledStore | undefined;
  readonly model: CacheModel;
  readonly #start: () => Rig;
  #rig: Rig;

  constructor({ random, hasBackup }: Trial) {
    const options = { metrics, random, cache: { refreshAheadMs: 60_000, maxStaleMs: MAX_STALE_MS } };
    this.#start = () => (hasBackup ? createPair(options) : createClientRig(options));
    this.#rig = this.#start();
    const { provider, backup, clock } = this.#rig;
    this.store = new ModelledStore(provider, clock);
    this.backup = backup && new ModelledStore(backup, clock);
    this.model = new CacheModel(this.#rig, this.store, this.backup);
  }

  async pass(ms: number): Promise<void> {
    await this.#rig.clock.advance(ms);
    mock.timers.tick(ms);
    await this.#rig.clock.advance(0);
  }

  stepWall(ms: number): void {
    this.#rig.clock.stepWall(ms);
  }

  /** @param wallMs how much later it is by the wall clock when the next one starts, negative when it was set back */
  async restart(wallMs: number): Promise<void> {
    // It answers those who wait.
    await this.pass(DEADLINE_MS);
    await this.end();
    const old = this.#rig;
    this.#rig = this.#start();
    const { provider, backup, clock, cache, pipeline } = this.#rig;
    clock.stepWall(old.clock.wallMs() + wallMs - clock.wallMs());
    // A clock that went back makes nothing younger.
    const gapMs = Math.max(0, wallMs);
    this.store.restart(provider, clock, gapMs);
    if (backup !== undefined) this.backup?.restart(backup, clock, gapMs);
    this.model.restart(this.#rig);
    cache.load(throughFile(old, clock));
    for (const entry of cache.entries()) pipeline.adopt(entry);
  }

  async end(): Promise<void> {
    await this.#rig.pipeline.close();
    for (const { breaker } of this.#rig.sources) breaker.close();
  }
}

/** What the cache file hands on. */
function throughFile({ cache, clock }: ClientRig, nextClock: Clock): readonly CacheEntry[] {
  const records = [...cache.entries()].flatMap((entry) => toRecord(entry, momentOf(clock)) ?? []);
  const read: readonly EntryRecord[] = JSON.parse(JSON.stringify(records));
  return read.map((record) => fromRecord(record, clock.wallMs(), momentOf(nextClock)));
}

const momentOf = (clock: Clock): Moment => ({ monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() });

/** @returns what is wrong, empty when nothing is */
async function run(trial: Trial): Promise<readonly string[]> {
  const processes = new Processes(trial);
  const { store, backup, model } = processes;
  for (const each of trial.actions) {
    if (each.do === 'read') model.read(each);
    else if (each.do === 'step') await processes.pass(each.ms);
    else if (each.do === 'step wall') processes.stepWall(each.ms);
    else if (each.do === 'restart') await processes.restart(each.downMs + each.wallStepMs);
    else if (each.do === 'write') store.write(each.path);
    else if (each.do === 'fault')
      for (const path of each.paths) (each.isBackup ? backup : store)?.setFault(path, each.fault);
    else if (each.do === 'latency') store.setLatency(each.ms);
    else {
      // The model tells questions by their order, so they have to be on their way.
      await processes.pass(0);
      model.invalidate(each.path);
    }
  }
  await processes.pass(3 * DEADLINE_MS);
  const unsettled = model.unsettled === 0 ? [] : [`${model.unsettled} reads were never answered`];
  await processes.end();
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

test('no sequence of reads, writes, faults, waits, invalidations, clock steps and restarts makes it serve what its rules do not allow', (t) =>
  judge(t, { hasBackup: false, numRuns: 500 }));

test('nor does one with a second store', (t) => judge(t, { hasBackup: true, numRuns: 250 }));
