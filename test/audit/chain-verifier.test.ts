import { join } from 'node:path';
import * as fc from 'fast-check';
import { test } from 'tap';
import { auditLine, key, otherKey, toText, verify, writeBlocks } from './audit-rig.ts';

// Line 1 is the record of the start; then blocks of four lines and their record, and the record of the end.
const BLOCKS = 3;

const without = (lines: readonly string[], ...numbers: readonly number[]): readonly string[] =>
  lines.filter((_, index) => !numbers.includes(index + 1));

const replaced = (lines: readonly string[], number: number, line: string): readonly string[] =>
  lines.with(number - 1, line);

const inserted = (lines: readonly string[], number: number, line: string): readonly string[] =>
  lines.toSpliced(number - 1, 0, line);

const swapped = (lines: readonly string[], one: number, other: number): readonly string[] =>
  lines.with(one - 1, lines[other - 1] ?? '').with(other - 1, lines[one - 1] ?? '');

test('a file that nobody touched is whole, with a key and without', async (t) => {
  for (const options of [{}, { key }]) {
    const lines = await writeBlocks(join(t.testdir({}), 'audit.log'), BLOCKS, options);
    t.equal(lines.length, 1 + BLOCKS * 5 + 1);
    const { damages, notices, summaries } = verify([toText(lines)], Object.values(options));
    t.same({ damages, notices }, { damages: [], notices: [] });
    t.match(summaries, [{ lines: 12, blocks: 5, head: { block: 5, hash: /^[\da-f]{64}$/ } }]);
  }
});

test('each kind of damage names its line', async (t) => {
  const lines = await writeBlocks(join(t.testdir({}), 'audit.log'), BLOCKS, { key });
  const strange = auditLine('strange').trim();
  const cases: Readonly<Record<string, readonly [readonly string[], readonly string[]]>> = {
    changed: [replaced(lines, 8, strange), ['line 8 was changed']],
    'changed by a letter': [replaced(lines, 4, (lines[3] ?? '').replace('app', 'apq')), ['line 4 was changed']],
    'two changed': [
      replaced(replaced(lines, 3, strange), 5, `${strange} `),
      ['line 3 was changed', 'line 5 was changed'],
    ],
    removed: [without(lines, 9), ['1 line was removed before line 9']],
    'the first of a block removed': [without(lines, 7), ['1 line was removed before line 7']],
    'several removed': [without(lines, 8, 9, 10), ['3 lines were removed before line 8']],
    added: [inserted(lines, 9, strange), ['line 9 was added']],
    'added before a record': [inserted(lines, 11, strange), ['line 11 was added']],
    'a copy added': [inserted(lines, 9, lines[7] ?? ''), ['line 9 was added']],
    'changed places': [swapped(lines, 8, 9), ['line 9 is not in its place']],
    'moved to another block': [
      inserted(without(lines, 3), 7, lines[2] ?? ''),
      ['1 line was removed before line 3', 'line 7 was added'],
    ],
    'a record changed': [
      replaced(lines, 11, (lines[10] ?? '').replace('"lines":4', '"lines":5')),
      ['line 11 is a record that was changed'],
    ],
    'the hash of a record changed': [
      replaced(lines, 11, (lines[10] ?? '').replace(/"hash":"./, '"hash":"x')),
      ['line 11 is a record that was changed'],
    ],
    'another hash in a record': [
      replaced(lines, 11, (lines[10] ?? '').replace(/"hash":".{8}/, '"hash":"00000000')),
      ['line 11 is a record that was changed'],
    ],
    'a block removed': [
      without(lines, 7, 8, 9, 10, 11),
      ['block 4 (lines 7 to 11) does not follow block 2: blocks were removed, added or moved before line 7'],
    ],
    'blocks changed places': [
      [...lines.slice(0, 1), ...lines.slice(6, 11), ...lines.slice(1, 6), ...lines.slice(11)],
      [
        'block 3 (lines 2 to 6) does not follow block 1: blocks were removed, added or moved before line 2',
        'block 2 (lines 7 to 11) does not follow block 3: blocks were removed, added or moved before line 7',
        'block 4 (lines 12 to 16) does not follow block 2: blocks were removed, added or moved before line 12',
      ],
    ],
    'a block twice': [
      [...lines.slice(0, 11), ...lines.slice(6)],
      ['block 3 (lines 12 to 16) does not follow block 3: blocks were removed, added or moved before line 12'],
    ],
    'the head cut off': [without(lines, 1), []],
    'added at the end': [[...lines, strange], ['line 18 is not sealed: added, or written in the last second']],
    'cut within a block': [lines.slice(0, 9), ['lines 7 to 9 are not sealed: added, or written in the last second']],
  };
  for (const [what, [bent, wanted]] of Object.entries(cases))
    t.same(verify([toText(bent)], [key]).damages, wanted, what);
});

test('whatever is done to the bytes is found', async (t) => {
  const text = toText(await writeBlocks(join(t.testdir({}), 'audit.log'), BLOCKS, { key }));
  const place = fc.nat({ max: text.length - 1 });
  const bends = {
    changed: fc.tuple(place, fc.nat({ max: 255 })).map(([at, byte]) => {
      const bytes = Buffer.from(text);
      bytes[at] = byte;
      return bytes.toString('latin1');
    }),
    removed: fc
      .tuple(place, fc.integer({ min: 1, max: 900 }))
      .map(([at, length]) => text.slice(0, at) + text.slice(at + length)),
    added: fc.tuple(place, fc.string({ minLength: 1 })).map(([at, more]) => text.slice(0, at) + more + text.slice(at)),
    doubled: fc
      .tuple(place, place)
      .map(([at, to]) => text.slice(0, at) + text.slice(Math.min(at, to), at) + text.slice(at)),
  };
  for (const [what, bent] of Object.entries(bends)) {
    fc.assert(
      fc.property(bent, (other) => {
        if (other === text) return true;
        const { damages, notices } = verify([other], [key]);
        // Cut off at a record is all that may look like something else: that the chain has no beginning or no end.
        return damages.length > 0 || notices.length > 0;
      }),
      { numRuns: 300 },
    );
    t.pass(what);
  }
});

test('a tail that was cut off at a record shows by the missing end, and by a head that was noted before', async (t) => {
  const lines = await writeBlocks(join(t.testdir({}), 'audit.log'), BLOCKS);
  const whole = verify([toText(lines)]);
  const cut = verify([toText(lines.slice(0, 11))]);
  t.same(cut.damages, []);
  t.match(cut.notices, [/^the chain has no end/]);
  const head = whole.summaries[0]?.head.hash ?? '';
  t.same([whole.hasSeen(head), cut.hasSeen(head)], [true, false]);
});

test('without the key nobody can make a chain that passes', async (t) => {
  const folder = t.testdir({});
  const forged = toText(await writeBlocks(join(folder, 'other'), 1, { key: otherKey }));
  const unkeyed = toText(await writeBlocks(join(folder, 'unkeyed'), 1));
  t.match(verify([forged], [key]).damages, [
    RegExp(`line 1 is sealed with the key ${otherKey.id}, which was not given`),
    /line 6/,
    /line 7/,
  ]);
  t.match(verify([unkeyed], [key]).damages, [/line 1 seals without a key, though a key was given/, /line 6/, /line 7/]);
  t.match(
    verify([forged]).damages,
    [/line 1 is sealed with the key/, /line 6/, /line 7/],
    'nor is it believed without one',
  );
  t.same(verify([forged], [key, otherKey]).damages, []);
});

test('a file of something else', async (t) => {
  const { damages, summaries } = verify(['hello\nworld']);
  t.same(damages, ['line 2 is not whole', 'line 1 is not sealed: added, or written in the last second']);
  t.match(summaries, [{ blocks: 0 }]);
});
