import { getHeapStatistics } from 'node:v8';
import { test } from 'tap';
import { HeapKeeper, openHeap } from '../../src/observability/heap-keeper.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const MIB = 1_048_576;

function setUp() {
  const clock = new FakeClock();
  const state = { bytes: 20 * MIB, busyShare: 0, afterRelease: 10 * MIB, releases: 0 };
  const keeper = new HeapKeeper(clock, {
    bytes: () => state.bytes,
    busyShare: () => state.busyShare,
    release: () => {
      state.releases += 1;
      state.bytes = state.afterRelease;
    },
  });
  return { clock, state, keeper };
}

test('once after the start, and again when it has grown', async (t) => {
  const { clock, state } = setUp();
  await clock.advance(1_000);
  t.equal(state.releases, 1);
  await clock.advance(60_000);
  t.equal(state.releases, 1, 'nothing has grown');
  state.bytes = 34 * MIB;
  await clock.advance(5_000);
  t.equal(state.releases, 1, 'by too little');
  state.bytes = 35 * MIB;
  await clock.advance(5_000);
  t.equal(state.releases, 2);
});

test('never while there is something to do', async (t) => {
  const { clock, state } = setUp();
  state.busyShare = 0.03;
  await clock.advance(60_000);
  t.equal(state.releases, 0);
  state.busyShare = 0.01;
  await clock.advance(5_000);
  t.equal(state.releases, 1);
});

test('it ends', async (t) => {
  const { clock, keeper } = setUp();
  keeper.close();
  t.equal(clock.timers, 0);
});

test('the heap of this process is given back, and the collector is nobody else’s', async (t) => {
  const heap = openHeap();
  let garbage: unknown[] | undefined = Array.from({ length: 300_000 }, (_, at) => ({ at }));
  t.equal(garbage.length, 300_000);
  garbage = undefined;
  const before = heap.bytes();
  heap.release();
  t.ok(heap.bytes() < before);
  t.ok(heap.bytes() >= getHeapStatistics().used_heap_size);
  t.notOk('gc' in globalThis);
  t.ok(heap.busyShare() <= 1);
});
