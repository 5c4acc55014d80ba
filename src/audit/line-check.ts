/**
 * MurmurHash3 (x86, 32 bits, seed 0) of some bytes: tells a line that was changed from one that was not, and nothing of who
 * changed it. Every line costs a read; this takes half of what `zlib.crc32` does.
 */
export function lineCheck(bytes: DataView, start = 0, end = bytes.byteLength): number {
  let hash = 0;
  let at = start;
  for (; at + WORD_BYTES <= end; at += WORD_BYTES) {
    hash = rotate(hash ^ scramble(bytes.getInt32(at, true)), 13);
    hash = (Math.imul(hash, 5) + 0xe6_54_6b_64) | 0;
  }
  let rest = 0;
  for (let last = end - 1; last >= at; last -= 1) rest = (rest << 8) | bytes.getUint8(last);
  return mix(hash ^ scramble(rest) ^ (end - start));
}

/** @see lineCheck */
export const checkOf = ({ buffer, byteOffset, byteLength }: Uint8Array): number =>
  lineCheck(new DataView(buffer, byteOffset, byteLength));

const WORD_BYTES = 4;

const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

const scramble = (word: number): number => Math.imul(rotate(Math.imul(word, 0xcc_9e_2d_51), 15), 0x1b_87_35_93);

function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2_b2_ae_35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
