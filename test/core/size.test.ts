import { test } from 'tap';
import { parseSize } from '../../src/core/size.ts';

test('what is a size', async (t) => {
  const rows: readonly [unknown, number][] = [
    ['64MiB', 67_108_864],
    ['512KiB', 524_288],
    ['2GiB', 2_147_483_648],
    ['10B', 10],
    ['1024', 1_024],
    [1_024, 1_024],
    [0, 0],
  ];
  for (const [value, bytes] of rows) t.equal(parseSize(value), bytes, String(value));
});

test('what is none', async (t) => {
  const values = ['', 'MiB', '64MB', '64mib', '64 MiB', '-1', '1.5MiB', '1e3', '64MiBx'];
  for (const value of [...values, -1, 1.5, Number.NaN, Infinity, null, undefined, {}])
    t.equal(parseSize(value), undefined, JSON.stringify(value) ?? 'undefined');
});
