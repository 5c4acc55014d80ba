import { array, assert, oneof, property, stringMatching } from 'fast-check';
import { test } from 'tap';
import { RequestError } from '../../../src/core/errors/request-error.ts';
import { parseFullName, toIdPrefix, toPath, toSecretId } from '../../../src/providers/gcp/secret-name.ts';

const ids = stringMatching(/^[A-Za-z0-9_-]{1,40}$/);
const dashed = stringMatching(/^[a-c-]{1,12}$/);

test('a slash is written as two dashes, and both spellings are one', async (t) => {
  t.equal(toSecretId('app/db/creds'), 'app--db--creds');
  t.equal(toPath('app--db--creds'), 'app/db/creds');
  t.equal(toSecretId('app--db/creds'), 'app--db--creds');
  t.equal(toPath('app-db'), 'app-db');
});

test('dashes that are no slash stay', async (t) => {
  for (const id of ['--a', 'a--', 'a---', '---a', 'a----b', 'a-----b', '-', '--', '---', '-a-'])
    t.equal(toPath(id), id);
  t.equal(toPath('x--a----b'), 'x/a----b');
  t.equal(toPath('a---b'), 'a/-b', 'but a slash takes the first two of three');
  t.equal(toSecretId('a/-b'), 'a---b');
});

test('an id that looks like a full name as a path stays an id', async (t) => {
  t.equal(toPath('projects--shop--secrets--db'), 'projects--shop--secrets--db');
  t.equal(toPath('projects--shop--db'), 'projects/shop/db');
});

test('the way to a path and back is the same for every id', async () => {
  assert(property(oneof(ids, dashed), (id) => toSecretId(toPath(id)) === id));
});

test('no two ids have one path', async () => {
  assert(property(dashed, dashed, (a, b) => a === b || toPath(a) !== toPath(b)));
});

test('a path and its canonical spelling lead to one id', async () => {
  const paths = array(stringMatching(/^[a-z0-9_]{1,6}$/), { minLength: 1, maxLength: 5 });
  assert(
    property(paths, (segments) => {
      const path = segments.join('/');
      return toPath(toSecretId(path)) === path && toSecretId(segments.join('--')) === toSecretId(path);
    }),
  );
});

test('what Secret Manager cannot hold', async (t) => {
  for (const path of ['a.b', 'é', 'a b', '', 'a-/b', 'a/--b', 'a/-', 'x'.repeat(256), '/a/:b'])
    t.throws(() => toSecretId(path), RequestError, path);
  t.equal(toSecretId('x'.repeat(255)).length, 255);
  t.throws(() => toSecretId('x'.repeat(256)), { code: 'InvalidPath', message: /more than 255/ });
});

test('full names', async (t) => {
  t.same(parseFullName('projects/p/secrets/s'), { project: 'p', id: 's' });
  t.same(parseFullName('projects/p/locations/l/secrets/s/versions/3'), {
    project: 'p',
    location: 'l',
    id: 's',
    version: '3',
  });
  for (const path of ['projects/p', 'projects/p/secrets', 'a/projects/p/secrets/s', 'projects/p/secrets/s/x'])
    t.equal(parseFullName(path), undefined, path);
});

test('prefixes', async (t) => {
  t.equal(toIdPrefix(''), '');
  t.equal(toIdPrefix('app/d'), 'app--d');
  t.equal(toIdPrefix('app/'), 'app--');
  t.equal(toIdPrefix('a.b'), undefined);
});
