import { test } from 'tap';
import { CacheEntry } from '../../src/cache/cache-entry.ts';
import { Redacted } from '../../src/core/redacted.ts';
import { binarySecret, textSecret } from '../fakes/secrets.ts';
import { identity } from './cache-rig.ts';

const times = { fetchedAtMs: 0, expiresAtMs: 100, staleUntilMs: 200 };

test('it is fresh until it expires, and may answer stale for as long as it may', async (t) => {
  const entry = new CacheEntry(identity('a'), textSecret('x'), times);
  t.same([entry.isFresh(99), entry.isFresh(100)], [true, false]);
  t.same([entry.mayAnswerStale(199), entry.mayAnswerStale(200)], [true, false]);
});

test('its bytes are those of the value and of every representation', async (t) => {
  const empty = new CacheEntry(identity('a'), textSecret(''), times).bytes;
  t.ok(empty > 0, 'an entry is never free');
  t.equal(new CacheEntry(identity('a'), binarySecret([1, 2, 3]), times).bytes, empty + 3);
  const entry = new CacheEntry(identity('a'), textSecret('éé'), times);
  t.equal(entry.bytes, empty + 4);
  for (const name of ['', 'raw'])
    entry.representations.set(name, { body: new Redacted('x'), contentType: 'text/plain', etag: '"x"', bytes: 100 });
  t.equal(entry.bytes, empty + 204);
});
