import { test } from 'tap';
import { lineDifferences } from '../../src/audit/line-differences.ts';

/** Lines by their letters; those found are numbered from 1. */
const tell = (recorded: string, found: string): readonly string[] =>
  lineDifferences(
    Uint32Array.from(recorded, (letter) => letter.charCodeAt(0)),
    Array.from({ length: found.length }, (_, index) => ({ number: index + 1, check: found.charCodeAt(index) })),
    found.length + 1,
  );

test('what happened to the lines', async (t) => {
  t.same(tell('abcd', 'abcd'), []);
  t.same(tell('abcd', 'abXd'), ['line 3 was changed']);
  t.same(tell('abcd', 'abd'), ['1 line was removed before line 3']);
  t.same(tell('abcd', 'ab'), ['2 lines were removed before line 3']);
  t.same(tell('abcd', 'abXcd'), ['line 3 was added']);
  t.same(tell('abcd', 'XabcdX'), ['line 1 was added', 'line 6 was added']);
  t.same(tell('abcd', 'acbd'), ['line 3 is not in its place']);
  t.same(tell('abcd', 'dabc'), ['line 1 is not in its place']);
  t.same(tell('abcdefgh', 'aXcdegh'), ['line 2 was changed', '1 line was removed before line 6']);
  t.same(tell('', 'a'), ['line 1 was added']);
  t.same(tell('a', ''), ['1 line was removed before line 1']);
});

test('very many differences are told as a whole', async (t) => {
  t.same(tell('a'.repeat(3_000), 'b'.repeat(3_000)), ['lines 1 to 3000 are not the ones that were written']);
});
