import { test } from 'tap';
import { testConfig } from '../client/client-rig.ts';
import { FakeProvider } from '../fakes/fake-provider.ts';
import { textSecret } from '../fakes/secrets.ts';
import { Random } from '../fuzz/random.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { createMetrics, createPod } from './simulated-pod.ts';

const PODS = 1_000;
const READ_EVERY_MS = 120_000;
const context = { caller: 'anonymous', source: 'pod', requestId: 'simulated' };

/** Calls to the store in each second of a time that all pods began in the same moment. */
async function simulate(hours: number, random: () => number): Promise<readonly number[]> {
  const clock = new SimulatedClock();
  const startedMs = clock.monotonicMs();
  const perSecond = Array.from({ length: hours * 3_600 + 1 }, () => 0);
  const provider = new FakeProvider();
  provider.onGet = () => {
    provider.calls.length = 0;
    const second = Math.floor((clock.monotonicMs() - startedMs) / 1_000);
    perSecond[second] = (perSecond[second] ?? 0) + 1;
    return textSecret('value');
  };
  const metrics = createMetrics();
  const config = { ...testConfig(), cache: { ...testConfig().cache, refreshAheadMs: 60_000 } };
  const pods = Array.from({ length: PODS }, () => createPod({ config, clock, random, provider, metrics }));
  for (let at = 0; at < hours * 3_600_000; at += READ_EVERY_MS) {
    for (const pod of pods) void pod.secrets.read({ path: 'db/creds', context });
    await clock.advance(READ_EVERY_MS);
  }
  for (const pod of pods) await pod.close();
  return perSecond;
}

interface Load {
  readonly perPodAndHour: number;
  /** Of the busiest second to the mean, the first hour left out. */
  readonly peakToMean: number;
}

function toLoad(perSecond: readonly number[]): Load {
  const settled = perSecond.slice(3_600);
  const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  const mean = total(settled) / settled.length;
  const perPodAndHour = (total(settled) / PODS / settled.length) * 3_600;
  return { perPodAndHour, peakToMean: settled.reduce((a, b) => Math.max(a, b), 0) / mean };
}

test('a thousand pods that started together do not ask together', async (t) => {
  const random = new Random(20_260_101);
  const jittered = toLoad(await simulate(24, () => random.next()));
  // Nothing changes from hour to hour here.
  const inStep = toLoad(await simulate(3, () => 0.5));
  const print = (name: string, { perPodAndHour, peakToMean }: Load): void =>
    t.comment(
      `${name}: ${perPodAndHour.toFixed(1)} calls a pod and hour, busiest second ${peakToMean.toFixed(1)} x the mean`,
    );
  print('with jitter', jittered);
  print('without', inStep);
  t.ok(jittered.peakToMean < 10, 'spread');
  t.ok(inStep.peakToMean > 100, 'in step, were it not for the jitter');
  t.ok(Math.abs(jittered.perPodAndHour - inStep.perPodAndHour) < inStep.perPodAndHour * 0.1, 'and it costs no calls');
});
