import * as fc from 'fast-check';
import { test } from 'tap';
import { nearestKey } from '../../src/core/nearest-key.ts';

const keys = ['cache', 'listen', 'log', 'pathMappings', 'maxEntries', 'ops'];

test('finds the key that was meant', async (t) => {
  const meant = {
    cahce: 'cache',
    cach: 'cache',
    lissten: 'listen',
    lgo: 'log',
    max_entries: 'maxEntries',
    PATHMAPPINGS: 'pathMappings',
  };
  for (const [key, valid] of Object.entries(meant)) t.equal(nearestKey(key, keys), valid, key);
});

test('says nothing rather than something far away', async (t) => {
  for (const key of ['tls', 'budget', 'x', '', 'z'.repeat(1_000_000)]) t.equal(nearestKey(key, keys), undefined);
});

test('one slip in a key of five letters or more is always found', async (t) => {
  const slip = fc.tuple(fc.constantFrom('cache', 'listen', 'pathMappings', 'maxEntries'), fc.nat(), fc.nat(2));
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(slip, ([key, at, kind]) => {
        const i = at % (key.length - 1);
        const swapped = key.slice(0, i) + key.charAt(i + 1) + key.charAt(i) + key.slice(i + 2);
        const written = [swapped, key.slice(0, i) + key.slice(i + 1), `${key.slice(0, i)}q${key.slice(i)}`][kind];
        return nearestKey(written ?? '', keys) === key;
      }),
    ),
  );
});
