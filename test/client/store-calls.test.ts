import { test } from 'tap';
import { AccessError } from '../../src/core/errors/access-error.ts';
import { SecretNotFoundError } from '../../src/core/errors/secret-not-found-error.ts';
import { NetworkError } from '../../src/core/errors/network-error.ts';
import { ProviderError } from '../../src/core/errors/provider-error.ts';
import type { Secret } from '../../src/core/secret.ts';
import { textSecret } from '../fakes/secrets.ts';
import { ATTEMPT_MS, type ClientRig, createClientRig, DEADLINE_MS } from './client-rig.ts';

const once = { config: { retry: { maxAttempts: 1 } } };

function ask(rig: ClientRig, maxAttempts?: number): Promise<Secret> {
  const { source, calls } = rig;
  const location = { id: 'a', selector: {} };
  return calls.ask({
    source,
    name: 'get',
    subject: 'a',
    run: (call) => source.provider.get(location, call),
    ...(maxAttempts !== undefined && { maxAttempts }),
  });
}

/** How it ended, and after how many milliseconds. */
async function timed(
  rig: ClientRig,
  work: Promise<unknown>,
): Promise<{ readonly outcome: unknown; readonly ms: number }> {
  const startMs = rig.clock.monotonicMs();
  const done = work
    .catch((error: unknown) => error)
    .then((outcome) => ({ outcome, ms: rig.clock.monotonicMs() - startMs }));
  await rig.clock.advance(DEADLINE_MS * 2);
  return done;
}

test('an attempt that hangs is cut off, and its signal with it', async (t) => {
  const rig = createClientRig();
  rig.provider.hang();
  const { outcome, ms } = await timed(rig, ask(rig, 1));
  t.match(outcome, { code: 'Timeout', message: "provider 'files' did not answer in time" });
  t.equal(ms, ATTEMPT_MS);
  t.equal(rig.provider.calls[0]?.signal.aborted, true);
  t.equal(rig.clock.timers, 0);
});

test('each attempt has its own time, and a wait between', async (t) => {
  const rig = createClientRig();
  rig.provider.hang();
  const { outcome, ms } = await timed(rig, ask(rig));
  t.match(outcome, { category: 'NetworkError', code: 'Timeout', details: { provider: 'files' } });
  t.equal(ms, 3 * ATTEMPT_MS + 250 + 500);
  t.equal(rig.provider.calls.length, 3);
});

test('the deadline is over all attempts', async (t) => {
  const rig = createClientRig();
  rig.provider.onGet = () =>
    rig.provider.calls.length < 3
      ? Promise.reject(new ProviderError('RateLimited', 'slow', { retryAfterMs: 4_000 }))
      : new Promise(() => {});
  const outcome = ask(rig).catch((error: unknown) => error);
  await rig.clock.advance(DEADLINE_MS - 1);
  t.same([rig.provider.calls.length, rig.provider.calls[2]?.signal.aborted], [3, false]);
  await rig.clock.advance(1);
  t.match(await outcome, { code: 'Timeout', message: "provider 'files' did not answer within the deadline" });
  t.equal(rig.provider.calls[2]?.signal.aborted, true, 'the attempt has not had its own time yet');
  t.equal(rig.clock.timers, 0);
});

test('a transient failure is tried again, an answer is not', async (t) => {
  const rig = createClientRig();
  rig.provider.onGet = () => {
    if (rig.provider.calls.length < 3) throw new ProviderError('InternalError', 'x');
    return textSecret('third time lucky');
  };
  const { outcome } = await timed(rig, ask(rig));
  t.match(outcome, { version: '1' });
  t.equal(rig.provider.calls.length, 3);
  rig.provider.failWith(new AccessError('AccessDenied', 'x'));
  await timed(rig, ask(rig));
  t.equal(rig.provider.calls.length, 4);
});

test('the smaller number of attempts counts', async (t) => {
  for (const [configured, asked, count] of [
    [2, undefined, 2],
    [5, 1, 1],
    [1, 3, 1],
  ] as const) {
    const rig = createClientRig({ config: { retry: { maxAttempts: configured } } });
    rig.provider.failWith(new NetworkError('ConnectionFailed', 'x'));
    await timed(rig, ask(rig, asked));
    t.equal(rig.provider.calls.length, count);
  }
});

test('every attempt is a sample of the breaker, and an open one ends them', async (t) => {
  const rig = createClientRig();
  rig.provider.failWith(new NetworkError('ConnectionFailed', 'x'));
  await timed(rig, ask(rig));
  t.equal(rig.source.breaker.state, 'closed');
  const { outcome } = await timed(rig, ask(rig));
  t.equal(rig.provider.calls.length, 5, 'the fifth failure opened it');
  t.equal(rig.source.breaker.state, 'open');
  t.match(outcome, { code: 'ProviderUnavailable', details: { retryAfterMs: Number } });
  rig.source.breaker.close();
});

test('every call is counted by its outcome; a refusal by the breaker is none', async (t) => {
  const rig = createClientRig(once);
  await ask(rig);
  for (const error of [new AccessError('AccessDenied', 'x'), new TypeError('x')]) {
    rig.provider.failWith(error);
    await t.rejects(ask(rig), error);
  }
  rig.provider.failWith(new NetworkError('ConnectionFailed', 'x'));
  for (let count = 0; count < 7; count++) await t.rejects(ask(rig));
  t.same(await rig.samples('secrets_provider_calls_total'), [
    'secrets_provider_calls_total{provider="files",call="get",status="success"} 1',
    'secrets_provider_calls_total{provider="files",call="get",status="AccessDenied"} 1',
    'secrets_provider_calls_total{provider="files",call="get",status="Unexpected"} 1',
    'secrets_provider_calls_total{provider="files",call="get",status="ConnectionFailed"} 5',
  ]);
  rig.source.breaker.close();
});

test('the last success and the last error of each instance are remembered', async (t) => {
  const rig = createClientRig(once);
  t.same(rig.pipeline.outcomes.last(rig.source), {});
  await ask(rig);
  const lastSuccessAtMs = rig.clock.wallMs();
  t.same(rig.pipeline.outcomes.last(rig.source), { lastSuccessAtMs });
  await rig.clock.advance(1_000);
  rig.provider.failWith(new NetworkError('TlsError', 'x'));
  await t.rejects(ask(rig));
  t.same(rig.pipeline.outcomes.last(rig.source), {
    lastSuccessAtMs,
    lastError: { error: 'NetworkError', code: 'TlsError', atMs: rig.clock.wallMs() },
  });
});

test('that there is no such secret is an answer of the store, and no failure of it', async (t) => {
  const rig = createClientRig(once);
  rig.provider.failWith(new SecretNotFoundError('SecretDoesNotExist', 'x'));
  await t.rejects(ask(rig));
  t.same(rig.pipeline.outcomes.last(rig.source), { lastSuccessAtMs: rig.clock.wallMs() });
});

test('a call waits for its token, and is refused when none comes in time', async (t) => {
  const rig = createClientRig({ budget: { perSecond: 1, burst: 1 } });
  const startMs = rig.clock.monotonicMs();
  const calls = Array.from({ length: 12 }, () =>
    ask(rig).then(
      () => rig.clock.monotonicMs() - startMs,
      (error: unknown) => error,
    ),
  );
  await rig.clock.advance(DEADLINE_MS * 2);
  const outcomes = await Promise.all(calls);
  t.same(
    outcomes.slice(0, 10),
    Array.from({ length: 10 }, (_, index) => index * 1_000),
  );
  for (const refused of outcomes.slice(10))
    t.match(refused, { code: 'RateLimited', details: { provider: 'files', retryAfterMs: DEADLINE_MS } });
  t.equal(rig.provider.calls.length, 10, 'what was refused was not sent, and not tried again');
  t.same(await rig.samples('secrets_provider_calls_total'), [
    'secrets_provider_calls_total{provider="files",call="get",status="success"} 10',
  ]);
  t.same(rig.log.messages('error'), [], 'and is no failure of the store');
});

test('each attempt takes a token of its own, and throttling shrinks the budget', async (t) => {
  const rig = createClientRig();
  rig.provider.onGet = () =>
    rig.provider.calls.length < 3 ? Promise.reject(new ProviderError('RateLimited', 'x')) : textSecret('x');
  await timed(rig, ask(rig));
  t.equal(rig.source.budget.perSecond, 15, 'halved twice, and raised by one success');
  rig.provider.failWith(new NetworkError('ConnectionFailed', 'x'));
  await timed(rig, ask(rig));
  t.equal(rig.source.budget.perSecond, 15, 'other failures leave it as it is');
});

test('a call in the background does not wait for a token', async (t) => {
  const rig = createClientRig({ budget: { perSecond: 1, burst: 10 } });
  const inBackground = () =>
    rig.calls.ask({ source: rig.source, name: 'get', subject: 'a', isBackground: true, run: async () => 'x' });
  for (let count = 0; count < 9; count++) t.equal(await inBackground(), 'x');
  await t.rejects(inBackground(), { code: 'RateLimited' });
  t.match(await ask(rig), { version: '1' }, 'one is left to reads');
});

test('every failed attempt is told', async (t) => {
  const rig = createClientRig();
  const errors = [new ProviderError('InternalError', '1'), new NetworkError('Timeout', '2')];
  const failures: unknown[] = [];
  let attempts = 0;
  const { outcome } = await timed(
    rig,
    rig.calls.ask({
      source: rig.source,
      name: 'get',
      subject: 'a',
      onFailure: (error) => failures.push(error),
      run: async () => {
        const error = errors[attempts++];
        if (error !== undefined) throw error;
        return 'third';
      },
    }),
  );
  t.equal(outcome, 'third');
  t.same(failures, errors);
});
