import { test } from 'tap';
import { SourceOutcomes } from '../../src/client/source-outcomes.ts';
import { AuthenticationError } from '../../src/core/errors/authentication-error.ts';
import { NetworkError } from '../../src/core/errors/network-error.ts';
import { ProviderError } from '../../src/core/errors/provider-error.ts';
import { BreakerOpenError } from '../../src/resilience/breaker-open-error.ts';
import { BudgetSpentError } from '../../src/resilience/budget-spent-error.ts';
import { RecordingLog } from '../contract/recording-log.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeProvider } from '../fakes/fake-provider.ts';
import { toSource } from './client-rig.ts';

const down = new NetworkError('ConnectionFailed', 'x');
const broken = new ProviderError('InternalError', 'x');

function createRig() {
  const clock = new FakeClock();
  const log = new RecordingLog();
  const turns: string[] = [];
  const outcomes = new SourceOutcomes({
    clock,
    log,
    onTurn: ({ label }, turn) => turns.push(`${label} ${turn}`),
  });
  const provider = new FakeProvider('aws');
  const [eu, us] = [toSource(provider, { clock, replica: 'eu' }), toSource(provider, { clock, replica: 'us' })];
  return { clock, log, turns, outcomes, eu, us };
}

test('an outage is one line at its begin and one at its end, however many reads it meets', async (t) => {
  const { outcomes, log, turns, eu } = createRig();
  outcomes.answered(eu, 'a');
  for (let count = 0; count < 1_000; count++) outcomes.failed(eu, 'a', down);
  for (let count = 0; count < 1_000; count++) outcomes.answered(eu, 'a');
  t.match(log.lines, [
    { level: 'error', fields: { provider: 'aws/eu', code: 'ConnectionFailed' }, message: 'the store fails' },
    { level: 'info', fields: { provider: 'aws/eu' }, message: 'the store answers again' },
  ]);
  t.equal(log.lines.length, 2);
  t.same(turns, ['aws/eu stale', 'aws/eu recovered']);
  outcomes.failed(eu, 'a', down);
  t.equal(log.lines.length, 3, 'the next one is told again');
});

test('a failure of the network is an outage at once, other failures when three questions in a row met them', async (t) => {
  const errors = [
    new ProviderError('InternalError', 'x'),
    new ProviderError('QuotaExceeded', 'x'),
    new AuthenticationError('InvalidCredentials', 'x'),
  ];
  for (const error of errors) {
    const { outcomes, turns, eu } = createRig();
    for (let count = 0; count < 2; count++) outcomes.failed(eu, 'a', error);
    t.same(turns, [], error.code);
    outcomes.failed(eu, 'a', error);
    t.same(turns, ['aws/eu stale'], error.code);
    outcomes.answered(eu, 'b');
    t.same(turns, ['aws/eu stale', 'aws/eu recovered'], error.code);
  }
});

test('throttling is a warning', async (t) => {
  const { outcomes, log, eu } = createRig();
  for (let count = 0; count < 3; count++) outcomes.failed(eu, 'a', new ProviderError('RateLimited', 'x'));
  t.match(log.lines, [
    { level: 'warn', fields: { code: 'RateLimited', secret_path: 'a' }, message: 'the store fails for this secret' },
    { level: 'warn', fields: { code: 'RateLimited' }, message: 'the store fails' },
  ]);
  t.equal(log.lines.length, 2);
});

test('a store that fails for one secret only is in no outage, and that is told once, not at each read', async (t) => {
  const { outcomes, log, turns, eu } = createRig();
  const fail = (): void => {
    outcomes.failed(eu, 'a', broken);
    outcomes.failed(eu, 'a', broken);
    outcomes.answered(eu, 'b');
  };
  for (let count = 0; count < 1_000; count++) fail();
  t.same(turns, []);
  t.match(log.lines, [{ level: 'error', fields: { provider: 'aws/eu', secret_path: 'a', code: 'InternalError' } }]);
  t.equal(log.lines.length, 1);
  outcomes.answered(eu, 'a');
  fail();
  t.equal(log.lines.length, 2, 'and again when it had worked meanwhile');
});

test('what was not asked says nothing of the store', async (t) => {
  const { outcomes, log, turns, eu } = createRig();
  for (const error of [new BreakerOpenError('aws', 1), new BudgetSpentError('aws', 1)]) outcomes.failed(eu, 'a', error);
  t.same([log.lines, turns, outcomes.last(eu)], [[], [], {}]);
});

test('the copies of a store are told apart', async (t) => {
  const { outcomes, turns, eu, us } = createRig();
  outcomes.failed(eu, 'a', down);
  outcomes.answered(us, 'a');
  outcomes.failed(us, 'a', down);
  outcomes.answered(eu, 'a');
  t.same(turns, ['aws/eu stale', 'aws/us stale', 'aws/eu recovered']);
});

test('the last success and the last error are remembered, each with its time', async (t) => {
  const { outcomes, clock, eu, us } = createRig();
  outcomes.answered(eu, 'a');
  const lastSuccessAtMs = clock.wallMs();
  await clock.advance(5);
  outcomes.failed(eu, 'a', down);
  const lastError = { error: 'NetworkError', code: 'ConnectionFailed', atMs: clock.wallMs() };
  t.strictSame(outcomes.last(eu), { lastSuccessAtMs, lastError });
  await clock.advance(5);
  outcomes.answered(eu, 'a');
  t.strictSame(outcomes.last(eu), { lastSuccessAtMs: clock.wallMs(), lastError });
  t.strictSame(outcomes.last(us), {});
});
