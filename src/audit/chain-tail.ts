import { fstatSync, ftruncateSync, readSync } from 'node:fs';
import { type ChainHead, newChain, type SealedLines } from './chain.ts';
import { isRecordLine, parseRecord } from './chain-record.ts';
import { checkOf } from './line-check.ts';
import { LineSplitter } from './line-splitter.ts';

/** The end of a file that a daemon wrote before. */
export interface ChainTail {
  readonly head: ChainHead;
  /** Lines after the last record: the daemon ended suddenly, or somebody else wrote them. */
  readonly unsealed: SealedLines;
  /** The last line is not whole. */
  readonly isTorn: boolean;
}

/** Of what nobody wrote before, or cannot be read. */
export const noTail: ChainTail = {
  head: newChain,
  unsealed: { lines: 0, checks: new Uint32Array(), bytes: [], dropped: 0 },
  isTorn: false,
};

const WINDOW_BYTES = 65_536;
// A file from before there was a chain may be of any length; beyond this its lines are sealed without a check for each.
const MAX_CHECKS = 10_000;
const LINE_END = 0x0a;

/**
 * Reads the end of a file. A record that was half written, and so seals nothing, is taken away; every other byte stays.
 * @param fd open for reading and appending; anything but a regular file has no end
 */
export function readChainTail(fd: number): ChainTail {
  const stat = fstatSync(fd);
  if (!stat.isFile() || stat.size === 0) return noTail;
  const last = findLastRecord(fd, stat.size);
  const unsealed = readUnsealed(fd, last?.endsAt ?? 0);
  if (unsealed.tornRecordAt !== undefined) ftruncateSync(fd, unsealed.tornRecordAt);
  return { head: last?.head ?? newChain, unsealed: unsealed.lines, isTorn: unsealed.isTorn };
}

/** Looks from the end to the start. */
function findLastRecord(fd: number, size: number): { readonly head: ChainHead; readonly endsAt: number } | undefined {
  let later = Buffer.alloc(0);
  let lineEnd = -1;
  for (let start = size; start > 0;) {
    const length = Math.min(WINDOW_BYTES, start);
    start -= length;
    later = Buffer.concat([readAt(fd, start, length), later]);
    // A line begins after a line end, or at the start of the file.
    for (lineEnd = later.lastIndexOf(LINE_END); lineEnd >= 0;) {
      const before = lineEnd === 0 ? -1 : later.lastIndexOf(LINE_END, lineEnd - 1);
      if (before < 0 && start > 0) break;
      const record = parseRecord(later.subarray(before + 1, lineEnd + 1));
      if (record !== undefined)
        return { head: { block: record.block, hash: record.hash }, endsAt: start + lineEnd + 1 };
      later = later.subarray(0, before + 1);
      lineEnd = before;
    }
  }
  return undefined;
}

interface Unsealed {
  readonly lines: SealedLines;
  readonly isTorn: boolean;
  readonly tornRecordAt?: number;
}

function readUnsealed(fd: number, from: number): Unsealed {
  const checks: number[] = [];
  let [lines, length] = [0, 0];
  const splitter = new LineSplitter((line) => {
    lines += 1;
    length += line.length;
    if (lines <= MAX_CHECKS) checks.push(checkOf(line));
  });
  for (const piece of pieces(fd, { from, to: fstatSync(fd).size })) splitter.push(piece);
  const { rest } = splitter;
  const isTornRecord = rest.length > 0 && isRecordLine(rest);
  const isTorn = rest.length > 0 && !isTornRecord;
  const whole = from + length;
  if (isTorn) {
    // Its line end is written before the record that seals it.
    lines += 1;
    checks.push(checkOf(Buffer.concat([rest, Buffer.of(LINE_END)])));
  }
  const end = isTorn ? whole + rest.length : whole;
  return {
    lines: {
      lines,
      checks: Uint32Array.from(lines <= MAX_CHECKS ? checks : []),
      bytes: isTorn ? [...pieces(fd, { from, to: end }), Buffer.of(LINE_END)] : pieces(fd, { from, to: end }),
      dropped: 0,
    },
    isTorn,
    ...(isTornRecord && { tornRecordAt: whole }),
  };
}

function* pieces(fd: number, { from, to }: { readonly from: number; readonly to: number }): Generator<Buffer> {
  for (let at = from; at < to; at += WINDOW_BYTES) yield readAt(fd, at, Math.min(WINDOW_BYTES, to - at));
}

function readAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length;) {
    const read = readSync(fd, bytes, { offset: at, length: length - at, position: position + at });
    // Somebody cuts it while we read.
    if (read === 0) return bytes.subarray(0, at);
    at += read;
  }
  return bytes;
}
