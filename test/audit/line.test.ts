import * as fc from 'fast-check';
import { test } from 'tap';
import { maxBytesOf, toBytes, writeLine } from '../../src/audit/line.ts';

const piece = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string().map((text) => new Uint8Array(Buffer.from(text))),
);

test('a line in pieces is its pieces in UTF-8, one after the other', async (t) => {
  fc.assert(
    fc.property(fc.array(piece), fc.nat(20), (line, start) => {
      const wanted = Buffer.concat(line.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
      const target = Buffer.alloc(start + maxBytesOf(line));
      const end = writeLine(line, target, start);
      return wanted.equals(target.subarray(start, end)) && wanted.equals(toBytes(line));
    }),
  );
  t.equal(maxBytesOf(['ab', Buffer.from('cde')]), 9);
});
