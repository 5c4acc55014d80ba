import * as fc from 'fast-check';
import { test } from 'tap';
import { parseSecretPath, parseSecretPrefix } from '../../src/core/secret-path.ts';

const refusal = { category: 'RequestError', code: 'InvalidPath' };

const segments = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((segment) => !/[\p{Cc}/]/u.test(segment) && segment !== '.' && segment !== '..');
const paths = fc.array(segments, { minLength: 1, maxLength: 8 }).map((parts) => parts.join('/'));

function accepts(parse: (text: string) => string, text: string): boolean {
  try {
    return parse(text) === text;
  } catch {
    return false;
  }
}

test('a path of good segments is taken as it is', async (t) => {
  t.doesNotThrow(() => fc.assert(fc.property(paths, (path) => accepts(parseSecretPath, path))));
});

test('one bad segment anywhere spoils it', async (t) => {
  const bad = fc.oneof(
    fc.constantFrom('', '.', '..'),
    fc.constantFrom('\0', '\n', '\r', '\x1f', '\x7f', '\x80', '\x9f', '\ud800', '\udfff').map((bad) => `a${bad}b`),
  );
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(segments, { maxLength: 3 }), bad, fc.array(segments, { maxLength: 3 }), (a, wrong, b) => {
        return !accepts(parseSecretPath, [...a, wrong, ...b].join('/'));
      }),
    ),
  );
});

test('2,048 bytes of UTF-8 are the most', async (t) => {
  t.equal(parseSecretPath('x'.repeat(2_048)).length, 2_048);
  t.equal(parseSecretPath('é'.repeat(1_024)).length, 1_024);
  t.throws(() => parseSecretPath('x'.repeat(2_049)), refusal);
  t.throws(() => parseSecretPath(`${'é'.repeat(1_024)}x`), refusal);
});

test('dots that are no segment of their own, and what looks encoded, are names', async (t) => {
  for (const path of ['...', 'a..b', '.env', 'a/.b', '%2e%2e', 'a%2Fb', 'arn:aws:secretsmanager:eu:1:secret:x', '😀'])
    t.equal(parseSecretPath(path), path);
});

test('the refusal says what is wrong', async (t) => {
  const message = (path: string): string => {
    try {
      return parseSecretPath(path);
    } catch (error) {
      return String(error);
    }
  };
  t.match(message(''), 'is empty');
  t.match(message('a//b'), 'empty segment');
  t.match(message('a/../b'), "segment '..'");
  t.match(message('a\0'), 'control character');
});

test('every beginning of a path is a prefix, unless it ends in dots', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(paths, fc.nat(), (path, length) => {
        const cut = path.slice(0, length % (path.length + 1));
        const prefix = cut.isWellFormed() ? cut : '';
        return /(^|\/)\.\.?$/.test(prefix) || accepts(parseSecretPrefix, prefix);
      }),
    ),
  );
});

test('a prefix cannot climb either', async (t) => {
  for (const prefix of ['/', '../', '..', 'a/../', 'a//', '//', '/a', 'a\n', 'x'.repeat(2_050)])
    t.throws(() => parseSecretPrefix(prefix), refusal, prefix.slice(0, 10));
  for (const prefix of ['', 'a', 'a/', 'a/b']) t.equal(parseSecretPrefix(prefix), prefix);
});
