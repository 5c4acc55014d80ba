import { test } from 'tap';
import { Positions } from '../../src/resolver/positions.ts';

test('lines and columns of offsets, in any order', async (t) => {
  const positions = new Positions('ab\r\n\n😀x');
  const told = [0, 3, 4, 5, 7, 8, 0].map((offset) => positions.at(offset)).map(({ line, column }) => [line, column]);
  t.same(told, [
    [1, 1],
    [1, 4],
    [2, 1],
    [3, 1],
    [3, 3],
    [3, 4],
    [1, 1],
  ]);
  t.same(new Positions('').at(0), { line: 1, column: 1 });
});
