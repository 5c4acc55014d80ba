import { test } from 'tap';
import { parseDuration } from '../../src/core/duration.ts';

test('what is a duration', async (t) => {
  const rows: readonly [unknown, number][] = [
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['1.5s', 1_500],
    ['0s', 0],
    [250, 250],
    [0, 0],
  ];
  for (const [value, ms] of rows) t.equal(parseDuration(value), ms, String(value));
});

test('what is none', async (t) => {
  const values = [
    '',
    '5',
    's',
    '5 s',
    ' 5s',
    '5s ',
    '-5s',
    '+5s',
    '5S',
    '5w',
    '1e3s',
    '.5s',
    '5.s',
    '5s5s',
    'Infinitys',
  ];
  for (const value of [...values, -1, Number.NaN, Infinity, null, undefined, true, ['5s'], {}])
    t.equal(parseDuration(value), undefined, JSON.stringify(value) ?? 'undefined');
});
