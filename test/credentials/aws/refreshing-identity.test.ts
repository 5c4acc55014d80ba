import { setImmediate as settled } from 'node:timers/promises';
import { test, type Test } from 'tap';
import { AuthenticationError } from '../../../src/core/errors/authentication-error.ts';
import { NetworkError } from '../../../src/core/errors/network-error.ts';
import { Redacted } from '../../../src/core/redacted.ts';
import { ClockSkew } from '../../../src/credentials/aws/clock-skew.ts';
import type { AwsCredentials } from '../../../src/credentials/aws/credentials.ts';
import { RefreshingIdentity } from '../../../src/credentials/aws/refreshing-identity.ts';
import { RecordingLog } from '../../contract/recording-log.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** An identity whose source does what the test says, on a clock that stands still. */
class Rig {
  readonly clock = new FakeClock();
  readonly skew = new ClockSkew(this.clock);
  readonly log = new RecordingLog();
  readonly identity: RefreshingIdentity;
  reads = 0;
  /** What the source answers with from now on. */
  answer: (signal: AbortSignal) => Promise<AwsCredentials> = () => Promise.resolve(this.fresh());

  constructor() {
    const { clock, skew, log } = this;
    const read = (signal: AbortSignal): Promise<AwsCredentials> => {
      this.reads++;
      return this.answer(signal);
    };
    this.identity = new RefreshingIdentity({ clock, skew, log, random: () => 0, read });
  }

  /** Other credentials each time. */
  fresh(lifetimeMs = HOUR_MS): AwsCredentials {
    return keys(`ASIA${this.reads}`, new Date(this.skew.nowMs + lifetimeMs));
  }

  async key(signal = new AbortController().signal): Promise<string> {
    return (await this.identity.credentials(signal)).accessKeyId;
  }
}

const keys = (accessKeyId: string, expiresAt?: Date): AwsCredentials => ({
  accessKeyId,
  secretAccessKey: new Redacted('secret'),
  ...(expiresAt !== undefined && { expiresAt }),
  source: 'a test',
});

async function start(t: Test): Promise<Rig> {
  const rig = new Rig();
  t.teardown(() => rig.identity.close());
  return rig;
}

const down = (): Promise<never> => Promise.reject(new NetworkError('ConnectionFailed', 'the service is down'));

async function fails(t: Test, work: Promise<unknown>, code: string): Promise<void> {
  await t.rejects(work, { code }, code);
}

test('nothing is read before somebody asks, and a hundred first askers share one read', async (t) => {
  const rig = await start(t);
  await rig.clock.advance(HOUR_MS);
  t.equal(rig.reads, 0);
  t.equal(rig.identity.expiresInMs, undefined);
  const found = await Promise.all(Array.from({ length: 100 }, () => rig.key()));
  t.same(new Set(found), new Set(['ASIA1']));
  t.equal(rig.reads, 1);
  t.equal(rig.identity.expiresInMs, HOUR_MS);
});

test('credentials are renewed five minutes early, in the background, again and again', async (t) => {
  const rig = await start(t);
  await rig.key();
  await rig.clock.advance(HOUR_MS - 5 * MINUTE_MS - 1);
  t.equal(rig.reads, 1, 'not before');
  await rig.clock.advance(1);
  t.equal(rig.reads, 2);
  t.equal(await rig.key(), 'ASIA2');
  await rig.clock.advance(HOUR_MS - 5 * MINUTE_MS);
  t.equal(await rig.key(), 'ASIA3');
  t.equal(rig.clock.timers, 1, 'one timer');
});

test('a refresh that hangs keeps nobody waiting while the old credentials are good', async (t) => {
  const rig = await start(t);
  await rig.key();
  const { promise, resolve } = Promise.withResolvers<AwsCredentials>();
  rig.answer = () => promise;
  await rig.clock.advance(HOUR_MS - 5 * MINUTE_MS);
  t.equal(rig.reads, 2);
  t.same(new Set(await Promise.all(Array.from({ length: 50 }, () => rig.key()))), new Set(['ASIA1']));
  t.equal(rig.reads, 2, 'one refresh at a time');
  resolve(rig.fresh());
  await settled();
  t.equal(await rig.key(), 'ASIA2');
});

test('a refresh that never ends is given up after a minute and tried again', async (t) => {
  const rig = await start(t);
  await rig.key();
  const signals: AbortSignal[] = [];
  rig.answer = (signal) => {
    signals.push(signal);
    return new Promise(() => {});
  };
  await rig.clock.advance(HOUR_MS - 5 * MINUTE_MS);
  await rig.clock.advance(MINUTE_MS);
  t.equal(signals[0]?.aborted, true);
  t.equal(rig.reads, 2);
  await rig.clock.advance(1_000);
  t.equal(rig.reads, 3);
  t.equal(await rig.key(), 'ASIA1', 'the old ones are still good');
});

test('while the source fails the old credentials serve until their end, and attempts grow rarer', async (t) => {
  const rig = await start(t);
  await rig.key();
  rig.answer = down;
  await rig.clock.advance(HOUR_MS - 5 * MINUTE_MS);
  t.equal(rig.reads, 2);
  for (const waitMs of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
    const before = rig.reads;
    await rig.clock.advance(waitMs - 1);
    t.equal(rig.reads, before, `not before ${waitMs} ms`);
    await rig.clock.advance(1);
    t.equal(rig.reads, before + 1);
    t.equal(await rig.key(), 'ASIA1');
  }
  await rig.clock.advance(5 * MINUTE_MS);
  t.equal(rig.identity.expiresInMs, 0);
  await fails(t, rig.key(), 'ConnectionFailed');
  t.equal(rig.log.messages('warn').length, 1, 'said once');
  rig.answer = () => Promise.resolve(rig.fresh());
  await rig.clock.advance(30_000);
  t.match(await rig.key(), /ASIA/);
  t.equal(rig.log.lines.at(-1)?.level, 'info', 'and that it is over');
});

test('credentials that have really expired make readers wait for one read', async (t) => {
  const rig = await start(t);
  await rig.key();
  const { promise, resolve } = Promise.withResolvers<AwsCredentials>();
  rig.answer = () => promise;
  await rig.clock.advance(HOUR_MS - 5 * MINUTE_MS);
  // Less than the deadline of the refresh, and beyond the end of the credentials.
  rig.skew.observe(
    new Map([['date', new Date(rig.clock.wallMs() + 6 * MINUTE_MS).toUTCString()]]),
    rig.clock.monotonicMs(),
  );
  const waiting = [rig.key(), rig.key()];
  await settled();
  t.equal(rig.reads, 2);
  resolve(rig.fresh());
  t.same(await Promise.all(waiting), ['ASIA2', 'ASIA2']);
});

test('a caller that leaves does not end the read for the others', async (t) => {
  const rig = await start(t);
  const { promise, resolve } = Promise.withResolvers<AwsCredentials>();
  rig.answer = () => promise;
  const leaving = new AbortController();
  const [left, stays] = [rig.key(leaving.signal), rig.key()];
  leaving.abort(new NetworkError('Timeout', 'gone'));
  await fails(t, left, 'Timeout');
  resolve(rig.fresh());
  t.equal(await stays, 'ASIA1');
});

test('short lives are renewed at their half, and near an end never in a loop', async (t) => {
  const rig = await start(t);
  rig.answer = () => Promise.resolve(keys('ASIASHORT', new Date(rig.clock.wallMs() + 2 * MINUTE_MS)));
  await rig.key();
  await rig.clock.advance(MINUTE_MS - 1);
  t.equal(rig.reads, 1);
  await rig.clock.advance(1);
  t.equal(rig.reads, 2);
  const end = new Date(rig.clock.wallMs() + MINUTE_MS + 15_000);
  rig.answer = () => Promise.resolve(keys('ASIALAST', end));
  await rig.clock.advance(MINUTE_MS);
  const before = rig.reads;
  await rig.clock.advance(10_000);
  t.ok(rig.reads - before <= 2, `${rig.reads - before} reads in ten seconds`);
});

test('credentials without an end need no timer', async (t) => {
  const rig = await start(t);
  rig.answer = () => Promise.resolve(keys('AKIASTATIC'));
  await rig.key();
  t.equal(rig.clock.timers, 0);
  await rig.clock.advance(100 * HOUR_MS);
  t.equal(await rig.key(), 'AKIASTATIC');
  t.equal(rig.reads, 1);
  t.equal(rig.identity.expiresInMs, undefined);
});

test('expiry is reckoned on the clock of AWS', async (t) => {
  const rig = await start(t);
  // Our clock is two hours ahead: on it, an hour from now at AWS is long past.
  rig.skew.observe(
    new Map([['date', new Date(rig.clock.wallMs() - 2 * HOUR_MS).toUTCString()]]),
    rig.clock.monotonicMs(),
  );
  t.equal(await rig.key(), 'ASIA1');
  t.equal(rig.identity.expiresInMs, HOUR_MS);
});

test('credentials that are old when they come are refused', async (t) => {
  const rig = await start(t);
  rig.answer = () => Promise.resolve(rig.fresh(0));
  await fails(t, rig.key(), 'ExpiredCredentials');
});

test('a failure is remembered for a second, so that not every read asks the sources', async (t) => {
  const rig = await start(t);
  rig.answer = down;
  for (let read = 0; read < 20; read++) await fails(t, rig.key(), 'ConnectionFailed');
  t.equal(rig.reads, 1);
  rig.answer = () => Promise.resolve(rig.fresh());
  await rig.clock.advance(1_000);
  t.match(await rig.key(), /ASIA2/);
});

test('refused credentials are replaced once for all who were refused', async (t) => {
  const rig = await start(t);
  const { signal } = new AbortController();
  const refused = await rig.identity.credentials(signal);
  const found = await Promise.all(Array.from({ length: 20 }, () => rig.identity.replace(refused, signal)));
  t.same(new Set(found.map(({ accessKeyId }) => accessKeyId)), new Set(['ASIA2']));
  t.equal(rig.reads, 2);
  t.equal((await rig.identity.replace(refused, signal)).accessKeyId, 'ASIA2', 'a late one gets what is there');
  t.equal(rig.reads, 2);
});

test('when the source has no others, that is said, and the source is left alone for a while', async (t) => {
  const rig = await start(t);
  const { signal } = new AbortController();
  rig.answer = () => Promise.resolve(keys('AKIASTATIC'));
  const refused = await rig.identity.credentials(signal);
  await t.rejects(rig.identity.replace(refused, signal), {
    code: 'ExpiredCredentials',
    message: 'AWS does not accept the credentials, and there are no others: a test',
  });
  for (let read = 0; read < 20; read++) await fails(t, rig.identity.replace(refused, signal), 'ExpiredCredentials');
  t.equal(rig.reads, 2);
  rig.answer = () => Promise.resolve(keys('AKIAROTATED'));
  await rig.clock.advance(10_000);
  t.equal((await rig.identity.replace(refused, signal)).accessKeyId, 'AKIAROTATED');
});

test('new credentials that are refused, too, are not replaced again at once', async (t) => {
  const rig = await start(t);
  const { signal } = new AbortController();
  const second = await rig.identity.replace(await rig.identity.credentials(signal), signal);
  await fails(t, rig.identity.replace(second, signal), 'ExpiredCredentials');
  t.equal(rig.reads, 2);
});

test('closing ends timers and what is under way, and may be done twice', async (t) => {
  const rig = await start(t);
  await rig.key();
  await rig.identity.close();
  t.equal(rig.clock.timers, 0);
  const other = await start(t);
  other.answer = () => new Promise(() => {});
  const waiting = other.key();
  await settled();
  await other.identity.close();
  await other.identity.close();
  await t.rejects(waiting, { code: 'ProviderUnavailable' });
  await fails(t, other.key(), 'ProviderUnavailable');
  t.equal(other.clock.timers, 0);
  t.same(other.log.lines, [], 'that is no failure');
});

test('a mistake of ours is not taken for a failure of the source', async (t) => {
  const rig = await start(t);
  rig.answer = () => Promise.reject(new TypeError('a bug'));
  await t.rejects(rig.key(), TypeError);
  t.same(rig.log.lines, []);
  t.notOk(new TypeError('a bug') instanceof AuthenticationError);
});
