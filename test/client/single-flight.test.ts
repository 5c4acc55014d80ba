import { setImmediate as settled } from 'node:timers/promises';
import { test } from 'tap';
import { type FlightPlan, SingleFlight } from '../../src/client/single-flight.ts';
import { NetworkError } from '../../src/core/errors/network-error.ts';
import { identity } from '../cache/cache-rig.ts';

/** Questions that are answered by hand. */
function createStore() {
  const asked: { readonly flight: FlightPlan; answer(value: string): void; fail(error: Error): void }[] = [];
  const ask = (flight: FlightPlan): Promise<string> => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    asked.push({ flight, answer: resolve, fail: reject });
    return promise;
  };
  return { asked, ask };
}

test('everyone who asks meanwhile gets the same answer', async (t) => {
  const { asked, ask } = createStore();
  const flights = new SingleFlight<string>(() => 7);
  const answers = [1, 2, 3].map(() => flights.join(identity('a'), ask).answer);
  const other = flights.join(identity('b'), ask).answer;
  t.equal(asked.length, 2);
  asked[0]?.answer('one');
  asked[1]?.answer('two');
  t.same(await Promise.all(answers), ['one', 'one', 'one']);
  t.equal(await other, 'two');
});

test('what fails fails for all who waited, and the next one asks anew', async (t) => {
  const { asked, ask } = createStore();
  const flights = new SingleFlight<string>(() => 7);
  const answers = [1, 2].map(() => flights.join(identity('a'), ask).answer);
  asked[0]?.fail(new Error('down'));
  for (const answer of answers) await t.rejects(answer, { message: 'down' });
  const next = flights.join(identity('a'), ask).answer;
  asked[1]?.answer('up');
  t.equal(await next, 'up');
});

test('who may not take the answer to an older question asks the next one, all together', async (t) => {
  for (const end of ['answer', 'fail'] as const) {
    const { asked, ask } = createStore();
    const flights = new SingleFlight<string>(() => 7);
    const older = flights.join(identity('a'), ask).answer.catch(() => 'failed');
    const fresh = [1, 2].map(() => flights.joinNext(identity('a'), ask));
    t.equal(asked.length, 1, 'one question at a time');
    if (end === 'answer') asked[0]?.answer('old');
    else asked[0]?.fail(new Error('old'));
    t.equal(await older, end === 'answer' ? 'old' : 'failed');
    await Promise.resolve();
    t.equal(asked.length, 2);
    asked[1]?.answer('new');
    t.same(await Promise.all(fresh), ['new', 'new']);
  }
});

test('with nothing under way, it asks at once', async (t) => {
  const { asked, ask } = createStore();
  const answer = new SingleFlight<string>(() => 7).joinNext(identity('a'), ask);
  t.equal(asked.length, 1);
  asked[0]?.answer('new');
  t.equal(await answer, 'new');
});

test('the first failed attempt is told to everybody at once, while others follow', async (t) => {
  const { asked, ask } = createStore();
  const flights = new SingleFlight<string>(() => 7);
  const waiting = [1, 2].map(() => flights.join(identity('a'), ask));
  const failures = waiting.map(({ firstFailure }) => firstFailure);
  const [first, second] = [new NetworkError('Timeout', 'one'), new NetworkError('Timeout', 'two')];
  asked[0]?.flight.failed(first);
  asked[0]?.flight.failed(second);
  t.same(await Promise.all(failures), [first, first]);
  const late = flights.join(identity('a'), ask);
  t.equal(await late.firstFailure, first, 'and to whoever comes later');
  asked[0]?.answer('after all');
  t.equal(await late.answer, 'after all');
  flights.join(identity('a'), ask);
  t.equal(asked.length, 2, 'it is over');
});

test('a flight knows when it began, whoever joins it later', async (t) => {
  let nowMs = 1;
  const { asked, ask } = createStore();
  const flights = new SingleFlight<string>(() => nowMs);
  const first = flights.join(identity('a'), ask);
  nowMs = 5;
  const joined = flights.join(identity('a'), ask);
  t.same([first.startedAtMs, joined.startedAtMs], [1, 1]);
  asked[0]?.answer('x');
  await first.answer;
  t.equal(flights.join(identity('a'), ask).startedAtMs, 5);
});

test('a flight in which no attempt fails tells of no failure', async (t) => {
  const { asked, ask } = createStore();
  const { answer, firstFailure } = new SingleFlight<string>(() => 7).join(identity('a'), ask);
  asked[0]?.answer('x');
  await answer;
  t.equal(await Promise.race([firstFailure, settled('nothing')]), 'nothing');
});

test('nobody joins a flight that was forgotten; it is still delivered, and knows it', async (t) => {
  const { asked, ask } = createStore();
  const flights = new SingleFlight<string>(() => 7);
  const before = flights.join(identity('a'), ask).answer;
  const untouched = flights.join(identity('b'), ask).answer;
  flights.forget(({ path }) => path === 'a');
  t.same(
    asked.map(({ flight }) => flight.isCurrent),
    [false, true],
  );
  const after = flights.join(identity('a'), ask).answer;
  const fresh = flights.joinNext(identity('b'), ask);
  t.equal(asked.length, 3);
  asked[0]?.answer('old');
  t.equal(await before, 'old');
  const joined = flights.join(identity('a'), ask).answer;
  t.equal(asked.length, 3, 'the landing of the old one does not end the new one');
  asked[2]?.answer('new');
  t.same(await Promise.all([after, joined]), ['new', 'new']);
  asked[1]?.answer('b');
  await untouched;
  await Promise.resolve();
  asked[3]?.answer('fresh b');
  t.equal(await fresh, 'fresh b');
});
