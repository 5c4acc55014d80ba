import type { Random } from './random.ts';

type Mutator = (bytes: Buffer, random: Random) => Buffer;

/** Breaks bytes in one to four ways. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  let broken = bytes;
  for (let count = random.int(1, 4); count > 0; count -= 1) broken = random.pick(mutators)(broken, random);
  return broken;
}

const cut = (bytes: Buffer, random: Random): readonly [from: number, to: number] => {
  const from = random.int(0, bytes.length);
  return [from, Math.min(bytes.length, from + random.int(1, 24))];
};

const insert = (bytes: Buffer, at: number, what: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, at), what, bytes.subarray(at)]);

const NASTY = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  '\r\n\r\n',
  ' ',
  '\t',
  ':',
  '%',
  '\x7f',
  '\xff\xfe',
  '\r\n ',
  'HTTP/1.1',
  '\ud83d',
];

const mutators: readonly Mutator[] = [
  (bytes, random) => {
    if (bytes.length === 0) return bytes;
    const copy = Buffer.from(bytes);
    for (let flips = random.int(1, 6); flips > 0; flips -= 1) {
      const at = random.int(0, copy.length - 1);
      copy[at] = (copy[at] ?? 0) ^ (1 << random.int(0, 7));
    }
    return copy;
  },
  (bytes, random) => bytes.subarray(0, random.int(0, bytes.length)),
  (bytes, random) => insert(bytes, random.int(0, bytes.length), random.bytes(random.int(1, 16))),
  (bytes, random) => insert(bytes, random.int(0, bytes.length), Buffer.from(random.pick(NASTY), 'latin1')),
  (bytes, random) => {
    const [from, to] = cut(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  (bytes, random) => {
    const [from, to] = cut(bytes, random);
    return insert(bytes, random.int(0, bytes.length), bytes.subarray(from, to));
  },
  (bytes, random) => Buffer.from(bytes.toString('latin1').replace('HTTP/1.1', random.pick(VERSIONS)), 'latin1'),
  (bytes, random) =>
    Buffer.from(bytes.toString('latin1').replaceAll('\r\n', random.pick(['\n', '\r', '\r\r\n'])), 'latin1'),
];

const VERSIONS = ['HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'HTTP/1.11', 'http/1.1', 'HTTP/', 'RTSP/1.0', ''];
