import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { test } from 'tap';
import { toIdentity } from '../../src/cache/cache-key.ts';

// Few and hostile characters, so that near misses are common.
const part = fc.string({ unit: fc.constantFrom('a', '"', ',', '[', ']', '\\', '/', 'null'), maxLength: 4 });
const option = fc.option(part, { nil: undefined });
const places = fc.record({ provider: part, path: part, id: part, version: option, stage: option });

type Place = typeof places extends fc.Arbitrary<infer P> ? P : never;

const identityOf = ({ provider, path, id, version, stage }: Place) =>
  toIdentity(provider, path, {
    id,
    selector: { ...(version !== undefined && { version }), ...(stage !== undefined && { stage }) },
  });

/** Two places that differ in few of their members, or in none. */
const pairs = fc
  .tuple(places, places, fc.subarray(['provider', 'path', 'id', 'version', 'stage'] as const))
  .map(([a, b, taken]) => [a, { ...a, ...Object.fromEntries(taken.map((name) => [name, b[name]])) }] as const);

test('two places share a key exactly when they are one', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const isSameSecret = isDeepStrictEqual([a.provider, a.id], [b.provider, b.id]);
        const isSameSelector = isDeepStrictEqual([a.version, a.stage], [b.version, b.stage]);
        const [one, other] = [identityOf(a), identityOf(b)];
        return (
          (one.secretKey === other.secretKey) === isSameSecret &&
          (one.key === other.key) === (isSameSecret && isSameSelector)
        );
      }),
      { numRuns: 2_000 },
    ),
  );
});

/** The two parts of a text that was cut at one of its characters. */
const cut = (text: string, at: number): readonly [string, string] => [text.slice(0, at), text.slice(at + 1)];

test('where one part ends is never in doubt', async (t) => {
  const texts = fc.string({ unit: fc.constantFrom('a', '"', ',', '[', ']', '\\'), minLength: 2, maxLength: 8 });
  const keyOf = ([one, two]: readonly [string, string], more: Partial<Place> = {}) =>
    identityOf({ path: '', provider: one, id: two, version: one, stage: two, ...more });
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(texts, fc.nat(), fc.nat(), (text, i, j) => {
        const [a, b] = [cut(text, i % text.length), cut(text, j % text.length)];
        if (isDeepStrictEqual(a, b)) return true;
        const [same, other] = [
          { version: 'v', stage: 's' },
          { provider: 'p', id: 'i' },
        ];
        return keyOf(a, same).secretKey !== keyOf(b, same).secretKey && keyOf(a, other).key !== keyOf(b, other).key;
      }),
      { numRuns: 2_000 },
    ),
  );
});

test('the path is told, but it is no part of the key', async (t) => {
  const location = { id: 'db', selector: {} };
  t.match(toIdentity('files', 'DB', location), { provider: 'files', path: 'DB' });
  t.equal(toIdentity('files', 'DB', location).key, toIdentity('files', 'db', location).key);
});
