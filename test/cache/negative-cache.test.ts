import { test } from 'tap';
import { NegativeCache } from '../../src/cache/negative-cache.ts';
import { SecretNotFoundError } from '../../src/core/errors/secret-not-found-error.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { identity } from './cache-rig.ts';

const missing = new SecretNotFoundError('SecretDoesNotExist', 'no');

test('a refusal is remembered for its time', async (t) => {
  const clock = new FakeClock();
  const negative = new NegativeCache(clock);
  negative.set(identity('a'), missing, 1_000);
  await clock.advance(999);
  t.equal(negative.get(identity('a').key), missing);
  await clock.advance(1);
  t.equal(negative.get(identity('a').key), undefined);
});

test('256 of them and no more; those asked for lately stay', async (t) => {
  const negative = new NegativeCache(new FakeClock());
  for (let index = 0; index < 256; index++) negative.set(identity(`a${index}`), missing, 1_000);
  t.equal(negative.get(identity('a0').key), missing);
  negative.set(identity('one more'), missing, 1_000);
  t.equal(negative.size, 256);
  t.equal(negative.get(identity('a0').key), missing);
  t.equal(negative.get(identity('a1').key), undefined);
});

test('what matches is forgotten', async (t) => {
  const negative = new NegativeCache(new FakeClock());
  for (const path of ['a', 'b']) negative.set(identity(path), missing, 1_000);
  negative.remove(({ path }) => path === 'a');
  t.equal(negative.get(identity('a').key), undefined);
  t.equal(negative.get(identity('b').key), missing);
});
