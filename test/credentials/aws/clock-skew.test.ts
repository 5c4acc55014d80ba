import { test } from 'tap';
import { ClockSkew } from '../../../src/credentials/aws/clock-skew.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

const HOUR_MS = 3_600_000;

const dated = (ms: number, more: readonly (readonly [string, string])[] = []): ReadonlyMap<string, string> =>
  new Map([['date', new Date(ms).toUTCString()], ...more]);

test('the offset is that of the last answer', (t) => {
  const clock = new FakeClock();
  const skew = new ClockSkew(clock);
  t.equal(skew.offsetMs, 0);
  skew.observe(dated(clock.wallMs() + HOUR_MS), clock.monotonicMs());
  t.equal(skew.offsetMs, HOUR_MS);
  t.equal(skew.nowMs, clock.wallMs() + HOUR_MS);
  t.equal(skew.now().getTime(), skew.nowMs);
  skew.observe(dated(clock.wallMs() - HOUR_MS), clock.monotonicMs());
  t.equal(skew.offsetMs, -HOUR_MS);
  t.end();
});

test('an answer out of a cache, a late one and one without a good date say nothing', async (t) => {
  const clock = new FakeClock();
  const skew = new ClockSkew(clock);
  skew.observe(dated(clock.wallMs() + HOUR_MS, [['age', '0']]), clock.monotonicMs());
  skew.observe(new Map([['date', 'tomorrow']]), clock.monotonicMs());
  skew.observe(new Map(), clock.monotonicMs());
  const sentAtMs = clock.monotonicMs();
  await clock.advance(15 * 60_000 + 1_000);
  skew.observe(dated(clock.wallMs() + HOUR_MS), sentAtMs);
  t.equal(skew.offsetMs, 0);
  skew.observe(dated(clock.wallMs() + HOUR_MS), sentAtMs + 1_000);
  t.equal(skew.offsetMs, HOUR_MS, 'fifteen minutes are allowed');
});

test('a refusal is due to the time when its code may be and the offset has changed by four minutes', (t) => {
  const clock = new FakeClock();
  const skew = new ClockSkew(clock);
  const codes = [
    'AccessDeniedException',
    'AuthFailure',
    'InvalidSignatureException',
    'RequestExpired',
    'RequestInTheFuture',
    'RequestTimeTooSkewed',
    'SignatureDoesNotMatch',
  ];
  for (const code of codes) t.notOk(skew.explains(code, 0), `${code} at the right time`);
  skew.observe(dated(clock.wallMs() + 239_000), clock.monotonicMs());
  t.notOk(skew.explains('InvalidSignatureException', 0));
  skew.observe(dated(clock.wallMs() + 240_000), clock.monotonicMs());
  for (const code of codes) t.ok(skew.explains(code, 0), code);
  t.notOk(skew.explains('ResourceNotFoundException', 0), 'another code');
  t.notOk(skew.explains('InvalidSignatureException', 240_000), 'it was signed with this offset already');
  skew.observe(dated(clock.wallMs()), clock.monotonicMs());
  t.ok(skew.explains('InvalidSignatureException', HOUR_MS), 'our clock was set right in between');
  t.end();
});
