import { test } from 'tap';
import { checkOf, lineCheck } from '../../src/audit/line-check.ts';

// As mmh3 5, the bindings of the reference implementation (smhasher, MurmurHash3_x86_32, seed 0), makes them.
const vectors: readonly (readonly [text: string, check: number])[] = [
  ['', 0],
  ['a', 0x3c_25_69_b2],
  ['aa', 0x37_10_91_a9],
  ['abc', 0xb3_dd_93_fa],
  ['hello', 0x24_8b_fa_47],
  ['hello, world', 0x14_9b_bb_7f],
  ['The quick brown fox jumps over the lazy dog', 0x2e_4f_f7_23],
];

test('checks are those of the reference implementation', async (t) => {
  for (const [text, check] of vectors) t.equal(checkOf(Buffer.from(text)), check, text);
});

test('a part of a buffer has the check of its bytes alone, wherever it lies', async (t) => {
  const text = 'The quick brown fox jumps over the lazy dog';
  for (let before = 0; before < 5; before += 1) {
    const bytes = Buffer.from(`${'x'.repeat(before)}${text}tail`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    t.equal(lineCheck(view, before, before + text.length), 0x2e_4f_f7_23);
  }
});
