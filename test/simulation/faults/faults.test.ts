import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'tap';
import type { RawFault } from '../../../src/core/fault.ts';
import { scenarioNames } from '../../../src/core/simulation-control.ts';
import { describePlan } from '../../../src/simulation/faults/fault-plan.ts';
import { Faults, type FaultSubject } from '../../../src/simulation/faults/faults.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

const get: FaultSubject = { provider: 'vault', label: 'vault/eu', operation: 'get', path: 'db/creds' };
const create = (...faults: readonly RawFault[]): Faults => new Faults(new FakeClock(), { seed: 1, faults });
const plans = (faults: Faults, count: number, subject = get): readonly unknown[] =>
  Array.from({ length: count }, () => faults.plan(subject));
const share = (faults: Faults, isSo: (plan: ReturnType<Faults['plan']>) => boolean): number =>
  Array.from({ length: 2_000 }, () => faults.plan(get)).filter(isSo).length / 2_000;

test('a fault happens to what it is about', async (t) => {
  const isHit = (fault: RawFault, subject: Partial<FaultSubject> = {}): boolean =>
    create({ ...fault, errorRate: 1 }).plan({ ...get, ...subject }).failure !== undefined;
  for (const fault of [
    {},
    { provider: 'vault' },
    { provider: 'vault/eu' },
    { path: 'db/**' },
    { operation: 'get' },
  ] as const)
    t.ok(isHit(fault), JSON.stringify(fault));
  for (const fault of [
    { provider: 'aws' },
    { provider: 'vault/us' },
    { path: 'app/**' },
    { operation: 'list' },
  ] as const)
    t.notOk(isHit(fault), JSON.stringify(fault));
  t.notOk(isHit({ path: '**' }, { operation: 'health', path: '' }), 'a path is not about health');
});

test('rates are kept, each by dice of its own', async (t) => {
  const faults = create({ errorRate: 0.3, code: 'RateLimited', retryAfter: '2s', resetRate: 0.1, staleRate: 0.5 });
  const isNear = (found: number, wanted: number): void => void t.ok(Math.abs(found - wanted) < 0.05, `${found}`);
  isNear(
    share(faults, ({ failure }) => failure?.code === 'RateLimited' && failure.retryAfterMs === 2_000),
    0.3,
  );
  isNear(
    share(faults, ({ isReset }) => isReset),
    0.1,
  );
  isNear(
    share(faults, ({ isStale }) => isStale),
    0.5,
  );
});

test('latencies follow their distribution', async (t) => {
  const latency = (raw: RawFault['latency']): readonly number[] => {
    const faults = create({ ...(raw !== undefined && { latency: raw }) });
    return Array.from({ length: 4_000 }, () => faults.plan(get).latencyMs).sort((a, b) => a - b);
  };
  t.same(new Set(latency('20ms')), new Set([20]));
  const even = latency({ from: '10ms', to: '20ms' });
  t.ok((even[0] ?? 0) >= 10 && (even.at(-1) ?? 0) < 20 && Math.abs((even[2_000] ?? 0) - 15) < 0.5);
  const tail = latency({ p50: '100ms', p99: '1s' });
  t.ok(Math.abs((tail[2_000] ?? 0) - 100) < 10, `median ${tail[2_000]}`);
  t.ok(Math.abs((tail[3_960] ?? 0) - 1_000) < 250, `p99 ${tail[3_960]}`);
});

test('an outage is the end of each period, and rotations count on', async (t) => {
  const clock = new FakeClock();
  const faults = new Faults(clock, {
    seed: 1,
    faults: [{ outage: { every: '30s', for: '20s' }, code: 'ConnectionFailed' }, { rotateEvery: '10s' }],
  });
  const seen: string[] = [];
  for (let second = 0; second < 60; second += 10) {
    const { failure, rotations } = faults.plan(get);
    seen.push(`${failure?.isOutage ?? false} ${rotations}`);
    await clock.advance(10_000);
  }
  t.same(seen, ['false 0', 'true 1', 'true 2', 'false 3', 'true 4', 'true 5']);
  faults.set({ seed: 1, faults: [{ rotateEvery: '10s' }] });
  t.equal(faults.plan(get).rotations, 0, 'they count from when they were set');
});

test('what others ask does not move the dice', async (t) => {
  const alone = create({ errorRate: 0.5, latency: { from: 0, to: '1s' } });
  const busy = create({ errorRate: 0.5, latency: { from: 0, to: '1s' } });
  const expected = plans(alone, 50);
  const found = Array.from({ length: 50 }, (_, index) => {
    plans(busy, index % 3, { ...get, path: `other/${index}` });
    return busy.plan(get);
  });
  t.same(found, expected);
  const other = new Faults(new FakeClock(), { seed: 2, faults: [{ errorRate: 0.5, latency: { from: 0, to: '1s' } }] });
  t.not(JSON.stringify(plans(other, 50)), JSON.stringify(expected), 'another seed, another day');
});

test('the same seed is the same day in another process', async (t) => {
  const program = fileURLToPath(new URL('fault-sequence.ts', import.meta.url));
  const run = async (seed: string): Promise<string> =>
    (await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', program, seed])).stdout;
  const [one, other, different] = [await run('7'), await run('7'), await run('8')];
  t.ok(one.length > 2_000);
  t.equal(one, other);
  t.not(one, different);
});

test('every scenario is made of faults', async (t) => {
  for (const scenario of scenarioNames) {
    const clock = new FakeClock();
    const faults = new Faults(clock, { seed: 1, scenario, faults: [] });
    await clock.advance(25_000);
    const words = new Set(Array.from({ length: 100 }, () => describePlan(faults.plan(get)).join()).filter(Boolean));
    t.ok(words.size > 0, `${scenario}: ${[...words][0]}`);
  }
});

test('the clock of a store', async (t) => {
  const faults = create(
    { clockSkew: '-5m', provider: 'vault' },
    { clockSkew: '1m' },
    { clockSkew: '1h', path: 'a/**' },
  );
  t.equal(faults.clockSkewMs('vault', 'vault/eu'), -240_000);
  t.equal(faults.clockSkewMs('aws', 'aws'), 60_000);
  t.equal(faults.plan(get).clockSkewMs, -240_000);
});
