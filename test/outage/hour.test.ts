import { mock } from 'node:test';
import { type Test, test } from 'tap';
import type { Pipeline } from '../../src/client/pipeline.ts';
import { NetworkError } from '../../src/core/errors/network-error.ts';
import { testConfig } from '../client/client-rig.ts';
import { FakeProvider } from '../fakes/fake-provider.ts';
import { textSecret } from '../fakes/secrets.ts';
import { Random } from '../fuzz/random.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { createMetrics, createPod } from './simulated-pod.ts';

const PATHS = Array.from({ length: 500 }, (_, at) => `app/s${at}`);
// Each path every two seconds.
const READS_PER_SECOND = 250;
const UP_SECONDS = 900;
const DOWN_SECONDS = 3_600;
const BACK_SECONDS = 900;
// The defaults.
const { failureThreshold, resetTimeoutMs } = testConfig().circuitBreaker;
const ATTEMPT_TIMEOUT_MS = 3_000;
const SPREAD_MS = 5_000;
const context = { caller: 'anonymous', source: 'pod', requestId: 'simulated' };

/** A store that can be down, with everything that it is asked. */
class Store extends FakeProvider {
  asked = 0;
  /** How it fails at present; undefined when it works. */
  failure: (() => Promise<never>) | undefined;

  constructor() {
    super();
    this.onGet = ({ id }) => this.#answer(textSecret(`value of ${id}`));
  }

  override health(): Promise<readonly string[]> {
    return this.#answer([]);
  }

  #answer<T>(answer: T): Promise<T> {
    this.calls.length = 0;
    this.asked++;
    return this.failure?.() ?? Promise.resolve(answer);
  }
}

interface Seen {
  reads: number;
  failed: number;
  stale: number;
  /** Second of the last stale answer. */
  lastStale: number;
  asked: number;
}

class Hour {
  readonly store = new Store();
  readonly #clock = new SimulatedClock();
  readonly #pod: Pipeline;
  #second = 0;

  constructor() {
    const random = new Random(20_260_101);
    const config = { ...testConfig(), cache: { ...testConfig().cache, refreshAheadMs: 60_000 } };
    this.#pod = createPod({
      config,
      clock: this.#clock,
      random: () => random.next(),
      provider: this.store,
      metrics: createMetrics(),
    });
  }

  /** Reads on for so long; seconds are counted from its start. */
  async pass(seconds: number): Promise<Seen> {
    const seen: Seen = { reads: 0, failed: 0, stale: 0, lastStale: 0, asked: 0 };
    const before = this.store.asked;
    for (let second = 1; second <= seconds; second++, this.#second++) {
      for (let at = 0; at < READS_PER_SECOND; at++) {
        const path = PATHS[(this.#second * READS_PER_SECOND + at) % PATHS.length] ?? '';
        void this.#read(path, seen, second);
      }
      await this.#clock.advance(1_000);
      // The breakers' state machine keeps its own timers.
      mock.timers.tick(1_000);
      await this.#clock.advance(0);
    }
    seen.asked = this.store.asked - before;
    return seen;
  }

  close(): Promise<void> {
    return this.#pod.close();
  }

  async #read(path: string, seen: Seen, second: number): Promise<void> {
    seen.reads++;
    try {
      const { entry, outcome } = await this.#pod.secrets.read({ path, context });
      if (entry.secret.value.expose() !== `value of ${path}`) seen.failed++;
      if (outcome !== 'stale') return;
      seen.stale++;
      seen.lastStale = second;
    } catch {
      seen.failed++;
    }
  }
}

function print(t: Test, name: string, { reads, failed, stale, asked }: Seen): void {
  t.comment(`${name}: ${reads} reads, ${failed} failed, ${stale} stale, ${asked} calls to the store`);
}

interface Outage {
  readonly failure: () => Promise<never>;
  /** Of one attempt. */
  readonly failsAfterMs: number;
}

const outages: Readonly<Record<string, Outage>> = {
  'store that refuses connections': {
    failure: () => Promise.reject(new NetworkError('ConnectionFailed', 'refused')),
    failsAfterMs: 0,
  },
  'store that hangs': { failure: () => new Promise(() => undefined), failsAfterMs: ATTEMPT_TIMEOUT_MS },
};

for (const [what, { failure, failsAfterMs }] of Object.entries(outages)) {
  test(`an hour of a ${what}`, async (t) => {
    mock.timers.enable({ apis: ['setTimeout'] });
    t.teardown(() => mock.timers.reset());
    const hour = new Hour();
    t.teardown(() => hour.close());
    const up = await hour.pass(UP_SECONDS);
    hour.store.failure = failure;
    const down = await hour.pass(DOWN_SECONDS);
    hour.store.failure = undefined;
    const back = await hour.pass(BACK_SECONDS);
    print(t, `${what}: up`, up);
    print(t, 'down', down);
    print(t, 'back', back);

    for (const { failed } of [up, down, back]) t.equal(failed, 0, 'no read failed');
    t.equal(up.stale, 0);
    t.ok(down.stale > down.reads / 2, 'the values expired');
    // What is asked until the breaker opens, among it what is under way when the fifth attempt fails; then one probe
    // for each pause.
    const underWay = Math.ceil((up.asked / UP_SECONDS) * (failsAfterMs / 1_000));
    const probes = Math.ceil((DOWN_SECONDS * 1_000) / (resetTimeoutMs + failsAfterMs));
    const bound = 2 * (failureThreshold + underWay) + probes;
    t.comment(`bound of the breaker: ${bound} calls; without it there would be about ${Math.round(up.asked * 4)}`);
    t.ok(down.asked <= bound, `${down.asked} calls while down`);
    t.comment(`the last stale answer came ${back.lastStale} s after the end`);
    t.ok(back.lastStale * 1_000 <= resetTimeoutMs + SPREAD_MS + failsAfterMs + 2_000, 'within a reset time-out');
    t.ok(back.asked < 3 * up.asked, 'and the store is not asked much more than usual');
  });
}
