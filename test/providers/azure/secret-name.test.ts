import t from 'tap';
import { locateSecret, toId, toIdPrefix, toName } from '../../../src/providers/azure/secret-name.ts';

/** Paths, and the id that they lead to. */
const good: readonly (readonly [path: string, id: string])[] = [
  ['app/db', 'app/db'],
  ['app--db', 'app/db'],
  ['APP/Db', 'app/db'],
  ['App--DB', 'app/db'],
  ['a-b/c', 'a-b/c'],
  ['a---b', 'a/-b'],
  ['a/-b', 'a/-b'],
  ['a-', 'a-'],
  ['-', '-'],
  ['-a', '-a'],
  ['0', '0'],
  ['a'.repeat(127), 'a'.repeat(127)],
  [`${'a'.repeat(62)}/${'b'.repeat(63)}`, `${'a'.repeat(62)}/${'b'.repeat(63)}`],
];
for (const [path, id] of good) {
  t.equal(toId(path), id, path);
  t.equal(toId(toName(id)), id, 'the way there and back');
  t.match(toName(id), /^[0-9a-z-]{1,127}$/, 'a name for the vault');
}

const bad = [
  '',
  'a_b',
  'a.b',
  'a b',
  'é',
  '__proto__',
  'a%2Fb',
  'a-/b',
  'a--/b',
  'a/--b',
  'a----b',
  'a-----b',
  '--',
  'a--',
  '--a',
  '/a',
];
for (const path of [...bad, 'a'.repeat(128), `${'a'.repeat(63)}/${'b'.repeat(63)}`]) {
  t.equal(toId(path), undefined, path);
  t.throws(() => locateSecret(path, {}), { category: 'RequestError', code: 'InvalidPath' });
}

// Whatever is made of these characters, two ids never have one name.
const names = new Map<string, string>();
const alphabet = ['a', 'B', '-', '/'];
const paths = Array.from({ length: 6 }, (_, length) => length + 1).flatMap((length) =>
  Array.from({ length: alphabet.length ** length }, (_, n) =>
    Array.from({ length }, (_, at) => alphabet[Math.floor(n / alphabet.length ** at) % alphabet.length]).join(''),
  ),
);
const collisions = paths.filter((path) => {
  const id = toId(path);
  if (id === undefined) return false;
  const known = names.get(toName(id));
  names.set(toName(id), id);
  return (known !== undefined && known !== id) || toId(toName(id)) !== id || toId(id) !== id;
});
t.same(collisions, [], `${paths.length} paths, ${names.size} names`);

t.equal(toIdPrefix('App--'), 'app/');
t.equal(toIdPrefix('app/d'), 'app/d');
t.equal(toIdPrefix(''), '');

const version = '0123456789abcdef0123456789abcdef';
t.same(locateSecret('App--db', {}), { id: 'app/db', selector: {} });
t.same(locateSecret('app/db', { version: version.toUpperCase() }), { id: 'app/db', selector: { version } });
t.same(locateSecret('app/db', { stage: 'previous' }), { id: 'app/db', selector: { stage: 'previous' } });
for (const wrong of ['', '1', 'latest', `${version}0`, `${version.slice(1)}g`, `${version}/..`])
  t.throws(() => locateSecret('app/db', { version: wrong }), { category: 'RequestError', code: 'InvalidParameter' });
t.throws(() => locateSecret('app/db', { version, stage: 'previous' }), { code: 'InvalidParameter' });
