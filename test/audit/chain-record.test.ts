import { test } from 'tap';
import {
  type ChainRecord,
  isRecordLine,
  NO_HASH,
  parseRecord,
  sealedText,
  toLine,
} from '../../src/audit/chain-record.ts';

const record: ChainRecord = {
  timestamp: '2026-01-01T00:00:00.000Z',
  event: 'block',
  block: 7,
  lines: 2,
  dropped: 3,
  checks: Uint32Array.of(1, 0xfffffffe),
  keyId: '0123456789abcdef',
  previous: NO_HASH,
};
const hash = 'a1'.repeat(32);

test('a record is one JSON line, and is read as it was written', async (t) => {
  const { keyId: _, ...unkeyed } = record;
  for (const each of [record, unkeyed]) {
    const line = toLine(sealedText(each), hash);
    t.match(JSON.parse(line), {
      type: 'chain',
      block: 7,
      checks: 'AQAAAP7///8=',
      algorithm: each === record ? 'hmac-sha256' : 'sha256',
      hash,
    });
    t.strictSame(parseRecord(Buffer.from(line)), { ...each, hash, sealedText: sealedText(each) });
  }
});

test('nothing but what the daemon writes is a record', async (t) => {
  const line = toLine(sealedText(record), hash);
  const bent = [
    line.trim(),
    ` ${line}`,
    line.replace('"block"', '"blick"'),
    line.replace(',"lines"', ', "lines"'),
    line.replace('"lines":2', '"lines":2.0'),
    line.replace(hash, hash.toUpperCase()),
    line.replace('}', ',"more":1}'),
    line.replace('hmac-sha256', 'sha256'),
    line.replace('"event":"block"', '"event":"blocks"'),
  ];
  for (const other of bent) t.equal(parseRecord(Buffer.from(other)), undefined, other);
  t.ok(isRecordLine(Buffer.from('{"type":"chain","')));
  t.notOk(isRecordLine(Buffer.from('{"type":"audit","')));
});
