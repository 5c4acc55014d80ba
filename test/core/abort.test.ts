import { test } from 'tap';
import { NetworkError } from '../../src/core/errors/network-error.ts';
import { pause, waitFor } from '../../src/core/abort.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

test('waiting for shared work ends with the signal, the work does not', async (t) => {
  const abort = new AbortController();
  const { promise, resolve } = Promise.withResolvers<string>();
  const left = waitFor(promise, abort.signal);
  const stays = waitFor(promise, new AbortController().signal);
  const reason = new NetworkError('Timeout', 'ours');
  abort.abort(reason);
  await t.rejects(left, reason);
  resolve('done');
  t.equal(await stays, 'done');
  await t.rejects(waitFor(promise, abort.signal), reason);
});

test('a pause ends in time, or with the signal', async (t) => {
  const clock = new FakeClock();
  const paused = pause(clock, 250, new AbortController().signal);
  await clock.advance(250);
  await paused;
  const abort = new AbortController();
  const cut = pause(clock, 250, abort.signal);
  abort.abort();
  await t.rejects(cut, NetworkError);
  t.equal(clock.timers, 0);
});
