import { test } from 'tap';
import { crc32c } from '../../../src/providers/gcp/crc32c.ts';

// RFC 3720 appendix B.4, and the check value of the catalogues of CRCs.
const vectors: readonly (readonly [name: string, bytes: Uint8Array, sum: number])[] = [
  ['nothing', new Uint8Array(), 0],
  ['the digits', Buffer.from('123456789'), 0xe3069283],
  ['two letters', Buffer.from('hi'), 4120762818],
  ['32 bytes of zeroes', new Uint8Array(32), 0x8a9136aa],
  ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['32 bytes that rise', Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
  ['32 bytes that fall', Uint8Array.from({ length: 32 }, (_, index) => 31 - index), 0x113fdb5c],
];

test('the published vectors', async (t) => {
  for (const [name, bytes, sum] of vectors) t.equal(crc32c(bytes), sum, name);
});
