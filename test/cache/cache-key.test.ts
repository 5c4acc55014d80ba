import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { test } from 'tap';
import { toIdentity, toPrevious } from '../../src/cache/cache-key.ts';
import type { Selector } from '../../src/core/selector.ts';

// Few and hostile characters, so that near misses are common.
const part = fc.string({ unit: fc.constantFrom('a', '"', ',', '[', ']', '\\', '/', 'null'), maxLength: 4 });
const option = fc.option(part, { nil: undefined });
const members = ['provider', 'replica', 'namespace', 'mount', 'path', 'id', 'version', 'stage'] as const;
const places = fc.record({
  provider: part,
  replica: option,
  namespace: option,
  mount: option,
  path: part,
  id: part,
  version: option,
  stage: option,
});

type Place = typeof places extends fc.Arbitrary<infer P> ? P : never;

const identityOf = ({ provider, replica, namespace, mount, path, id, version, stage }: Place) => {
  const scope = { ...(namespace !== undefined && { namespace }), ...(mount !== undefined && { mount }) };
  const origin = { provider, scope, ...(replica !== undefined && { replica }) };
  const selector = { ...(version !== undefined && { version }), ...(stage !== undefined && { stage }) };
  return toIdentity(origin, path, { id, selector });
};

/** Where the secret is, whatever the selector. */
const placeOf = ({ provider, replica, namespace, mount, id }: Place) => [provider, replica, namespace, mount, id];

/** Two places that differ in few of their members, or in none. */
const pairs = fc
  .tuple(places, places, fc.subarray([...members]))
  .map(([a, b, taken]) => [a, { ...a, ...Object.fromEntries(taken.map((name) => [name, b[name]])) }] as const);

test('two places share a key exactly when they are one', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const isSameSecret = isDeepStrictEqual(placeOf(a), placeOf(b));
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
  const rest = { replica: undefined, namespace: undefined, mount: undefined };
  const keyOf = ([one, two]: readonly [string, string], more: Partial<Place> = {}) =>
    identityOf({ path: '', provider: one, id: two, version: one, stage: two, ...rest, ...more });
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(texts, fc.nat(), fc.nat(), (text, i, j) => {
        const [a, b] = [cut(text, i % text.length), cut(text, j % text.length)];
        if (isDeepStrictEqual(a, b)) return true;
        const [same, other] = [
          { version: 'v', stage: 's' },
          { provider: 'p', id: 'i' },
        ];
        const scoped = ([namespace, mount]: readonly [string, string]) => keyOf(['p', 'i'], { namespace, mount });
        return (
          keyOf(a, same).secretKey !== keyOf(b, same).secretKey &&
          keyOf(a, other).key !== keyOf(b, other).key &&
          scoped(a).secretKey !== scoped(b).secretKey
        );
      }),
      { numRuns: 2_000 },
    ),
  );
});

test('the path is told, but it is no part of the key', async (t) => {
  const location = { id: 'db', selector: {} };
  const origin = { provider: 'files', scope: {} };
  t.match(toIdentity(origin, 'DB', location), { provider: 'files', path: 'DB' });
  t.equal(toIdentity(origin, 'DB', location).key, toIdentity(origin, 'db', location).key);
});

test('the `previous` of a secret is that of any of its selectors', async (t) => {
  const origin = { provider: 'vault', replica: 'r1', scope: { namespace: 'team', mount: 'kv' } };
  const at = (selector: Selector) => toIdentity(origin, 'db', { id: 'db', selector });
  for (const selector of [{}, { version: '3' }, { stage: 'previous' }])
    t.strictSame(toPrevious(at(selector)), at({ stage: 'previous' }), JSON.stringify(selector));
});
