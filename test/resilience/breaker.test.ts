import { mock } from 'node:test';
import { type Test, test } from 'tap';
import { AccessError } from '../../src/core/errors/access-error.ts';
import { NetworkError } from '../../src/core/errors/network-error.ts';
import { ProviderError } from '../../src/core/errors/provider-error.ts';
import { SecretNotFoundError } from '../../src/core/errors/secret-not-found-error.ts';
import { Breaker } from '../../src/resilience/breaker.ts';
import { BreakerOpenError } from '../../src/resilience/breaker-open-error.ts';
import { BudgetSpentError } from '../../src/resilience/budget-spent-error.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const broken = new ProviderError('InternalError', 'x');
const network = new NetworkError('ConnectionFailed', 'x');
const RESET_MS = 30_000;

interface Rig {
  readonly breaker: Breaker;
  /** Every state it told of, in order. */
  readonly states: string[];
  /** Time for the breaker's own clock and for opossum's timers. */
  pass(ms: number): Promise<void>;
  fail(error: Error, subject?: string): Promise<void>;
  succeed(subject?: string): Promise<void>;
  isRefused(): Promise<boolean>;
}

function createRig(t: Test): Rig {
  // opossum keeps its own timers.
  mock.timers.enable({ apis: ['setTimeout'] });
  t.teardown(() => mock.timers.reset());
  const clock = new FakeClock();
  const states: string[] = [];
  const breaker = new Breaker({
    name: 'vault',
    clock,
    failureThreshold: 5,
    successThreshold: 2,
    resetTimeoutMs: RESET_MS,
    onStateChange: (state) => states.push(state),
  });
  t.teardown(() => breaker.close());
  return {
    breaker,
    states,
    async pass(ms) {
      await clock.advance(ms);
      mock.timers.tick(ms);
    },
    fail: async (failure, subject = 'a') => {
      await breaker.run(subject, rejectWith(failure)).catch(() => undefined);
    },
    succeed: async (subject = 'a') => {
      await breaker.run(subject, async () => 'fine');
    },
    isRefused: () => breaker.run('a', async () => false).catch((error: unknown) => error instanceof BreakerOpenError),
  };
}

async function openIt(t: Test): Promise<Rig> {
  const rig = createRig(t);
  for (let count = 0; count < 5; count++) await rig.fail(network);
  t.equal(rig.breaker.state, 'open');
  return rig;
}

async function halfOpenIt(t: Test): Promise<Rig> {
  const rig = await openIt(t);
  await rig.pass(RESET_MS);
  t.equal(rig.breaker.state, 'half_open');
  return rig;
}

const rejectWith = (failure: Error) => async (): Promise<never> => {
  throw failure;
};

/** Starts a call that ends when it is told to. */
function begin({ breaker }: Rig): {
  readonly call: Promise<unknown>;
  resolve(value: string): void;
  reject(e: Error): void;
} {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const call = breaker.run('a', () => promise).catch((error: unknown) => error);
  return { call, resolve, reject };
}

test('what the call returns and throws passes', async (t) => {
  const { breaker, states } = createRig(t);
  t.equal(await breaker.run('a', async () => 'fine'), 'fine');
  await t.rejects(
    breaker.run('a', () => Promise.reject(broken)),
    broken,
  );
  t.equal(breaker.state, 'closed');
  t.same(states, []);
});

test('five failures of the network in a row open it, four do not', async (t) => {
  const rig = createRig(t);
  for (let count = 0; count < 4; count++) await rig.fail(network);
  t.equal(rig.breaker.state, 'closed');
  await rig.fail(network);
  t.equal(rig.breaker.state, 'open');
  t.same(rig.states, ['open']);
});

test('one secret that breaks the store does not open it for all', async (t) => {
  const rig = createRig(t);
  for (let count = 0; count < 20; count++) await rig.fail(broken);
  t.equal(rig.breaker.state, 'closed');
  await rig.fail(broken, 'b');
  t.equal(rig.breaker.state, 'open', 'a second one does');
});

test('five failures on two paths open it', async (t) => {
  const rig = createRig(t);
  for (const path of ['a', 'b', 'a', 'b']) await rig.fail(broken, path);
  t.equal(rig.breaker.state, 'closed');
  await rig.fail(new ProviderError('ProviderUnavailable', 'x'), 'a');
  t.equal(rig.breaker.state, 'open');
});

test('a success begins the count anew, of failures and of paths', async (t) => {
  const rig = createRig(t);
  for (const path of ['a', 'b', 'a', 'b']) await rig.fail(broken, path);
  await rig.succeed();
  for (const path of ['a', 'b', 'a', 'b']) await rig.fail(broken, path);
  t.equal(rig.breaker.state, 'closed');
  await rig.succeed();
  for (let count = 0; count < 9; count++) await rig.fail(broken, 'b');
  t.equal(rig.breaker.state, 'closed', 'the path of before is forgotten');
});

test('an answer about the secret, and throttling, are no failures of the store, and end a row of them', async (t) => {
  const answers = [
    new SecretNotFoundError('SecretDoesNotExist', 'x'),
    new AccessError('AccessDenied', 'x'),
    new ProviderError('RateLimited', 'x'),
    new ProviderError('QuotaExceeded', 'x'),
  ];
  for (const answer of answers) {
    const rig = createRig(t);
    for (let count = 0; count < 20; count++) await rig.fail(answer, `path ${count}`);
    t.equal(rig.breaker.state, 'closed', answer.code);
    for (let count = 0; count < 4; count++) await rig.fail(network);
    await rig.fail(answer);
    for (let count = 0; count < 4; count++) await rig.fail(network);
    t.equal(rig.breaker.state, 'closed', answer.code);
    rig.breaker.close();
    mock.timers.reset();
  }
});

test('while it is open the store is not asked, and the refusal says for how long', async (t) => {
  const rig = await openIt(t);
  await rig.pass(12_000);
  let asked = false;
  const call = rig.breaker.run('b', async () => (asked = true));
  await t.rejects(call, { code: 'ProviderUnavailable', details: { provider: 'vault', retryAfterMs: 18_000 } });
  t.equal(asked, false);
});

test('at the end of the pause it says a second at least', async (t) => {
  const rig = await openIt(t);
  await rig.pass(29_500);
  await t.rejects(
    rig.breaker.run('b', async () => 1),
    { code: 'ProviderUnavailable', details: { retryAfterMs: 1_000 } },
  );
});

test('after the pause it lets probes through, not before', async (t) => {
  const rig = await openIt(t);
  await rig.pass(RESET_MS - 1);
  t.equal(await rig.isRefused(), true);
  await rig.pass(1);
  t.equal(rig.breaker.state, 'half_open');
  t.equal(await rig.isRefused(), false);
});

test('one probe at a time', async (t) => {
  const rig = await halfOpenIt(t);
  const first = begin(rig);
  t.equal(await rig.isRefused(), true);
  first.resolve('fine');
  await first.call;
  const second = begin(rig);
  t.equal(await rig.isRefused(), true);
  second.resolve('fine');
  await second.call;
  const [third, fourth] = [begin(rig), begin(rig)];
  for (const call of [third, fourth]) call.resolve('fine');
  t.same(await Promise.all([third.call, fourth.call]), ['fine', 'fine'], 'closed, so that all are let through');
});

test('two good probes close it', async (t) => {
  const rig = await halfOpenIt(t);
  await rig.succeed();
  t.equal(rig.breaker.state, 'half_open');
  await rig.fail(new SecretNotFoundError('SecretDoesNotExist', 'x'));
  t.equal(rig.breaker.state, 'closed', 'a 404 is an answer of a store that works');
  t.same(rig.states, ['open', 'half_open', 'closed']);
  for (let count = 0; count < 4; count++) await rig.fail(network);
  t.equal(rig.breaker.state, 'closed', 'with a count of nothing');
});

test('a bad probe opens it again for the whole pause, be it the first or the second', async (t) => {
  for (const good of [0, 1]) {
    const rig = await halfOpenIt(t);
    for (let count = 0; count < good; count++) await rig.succeed();
    await rig.fail(broken);
    t.equal(rig.breaker.state, 'open');
    await rig.pass(RESET_MS - 1);
    t.equal(await rig.isRefused(), true);
    await rig.pass(1);
    t.same(rig.states, ['open', 'half_open', 'open', 'half_open'], `after ${good} good ones`);
    await rig.succeed();
    t.equal(rig.breaker.state, 'half_open', 'two good ones are needed again');
    await rig.succeed();
    t.equal(rig.breaker.state, 'closed');
    rig.breaker.close();
    mock.timers.reset();
  }
});

test('a probe that is throttled proves that the store is there', async (t) => {
  const rig = await halfOpenIt(t);
  for (let count = 0; count < 2; count++) await rig.fail(new ProviderError('RateLimited', 'x'));
  t.equal(rig.breaker.state, 'closed');
});

test('a call that our own budget held back is neither a failure nor a success', async (t) => {
  const spent = new BudgetSpentError('vault', 1);
  const rig = createRig(t);
  for (let count = 0; count < 4; count++) await rig.fail(network);
  await rig.fail(spent);
  t.equal(rig.breaker.state, 'closed', 'it was not the fifth failure');
  await rig.fail(network);
  t.equal(rig.breaker.state, 'open', 'and did not begin the count anew');
  await rig.pass(RESET_MS);
  for (let count = 0; count < 5; count++) await rig.fail(spent);
  t.equal(rig.breaker.state, 'half_open', 'it is no probe');
  for (let count = 0; count < 2; count++) await rig.succeed();
  t.equal(rig.breaker.state, 'closed', 'and does not stand in the way of one');
});

test('the late success of a call from before does not close it', async (t) => {
  const rig = createRig(t);
  const [early, earlier] = [begin(rig), begin(rig)];
  for (let count = 0; count < 5; count++) await rig.fail(network);
  early.resolve('late');
  t.equal(await early.call, 'late');
  t.equal(rig.breaker.state, 'open');
  t.equal(await rig.isRefused(), true);
  await rig.pass(RESET_MS);
  earlier.resolve('later');
  t.equal(await earlier.call, 'later');
  t.equal(rig.breaker.state, 'half_open');
  await rig.succeed();
  t.equal(rig.breaker.state, 'half_open', 'nor does it count as a probe');
});

test('late failures of calls from before do not make the pause longer', async (t) => {
  const rig = createRig(t);
  const early = begin(rig);
  for (let count = 0; count < 5; count++) await rig.fail(network);
  await rig.pass(20_000);
  early.reject(network);
  t.equal(await early.call, network);
  await rig.pass(10_000);
  t.equal(rig.breaker.state, 'half_open');
  t.same(rig.states, ['open', 'half_open']);
});

test("once closed down it has no timer, and stands in nobody's way", async (t) => {
  const rig = await openIt(t);
  rig.breaker.close();
  rig.breaker.close();
  await rig.pass(RESET_MS);
  t.same(rig.states, ['open'], 'its timer is gone');
  t.equal(await rig.breaker.run('a', async () => 'fine'), 'fine');
  await t.rejects(
    rig.breaker.run('a', () => Promise.reject(broken)),
    broken,
  );
});
