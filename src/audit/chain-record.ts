/**
 * What a record stands for. `start`: the daemon began to write. `recovered`: it found lines at its start that nobody had
 * sealed. `continued`: the first of a new file after a rotation. `rekeyed`: from here on another key. `end`: it stopped as
 * it should.
 */
export const chainEvents = ['start', 'recovered', 'block', 'continued', 'rekeyed', 'end'] as const;

export type ChainEvent = (typeof chainEvents)[number];

/** The line that seals the lines before it, up to the record before. */
export interface ChainRecord {
  readonly timestamp: string;
  readonly event: ChainEvent;
  /** Counts the records of a chain, from 1. */
  readonly block: number;
  /** How many lines it seals. */
  readonly lines: number;
  /** Lines that were lost since the record before, as the sink could not be written for too long. */
  readonly dropped: number;
  /** Check of each line with its line end. Empty where there are too many to tell. */
  readonly checks: Uint32Array;
  /** Which key the hash was made with; absent when it was made without one. */
  readonly keyId?: string;
  /** Hash of the record before; zeros in the first of a chain. */
  readonly previous: string;
}

/** A record with its hash, as found in a file. */
export interface SealedRecord extends ChainRecord {
  readonly hash: string;
  /** What of the line is under the hash, after the lines: all that is before the hash itself. */
  readonly sealedText: string;
}

export const NO_HASH = '0'.repeat(64);

const START = '{"type":"chain",';
const RECORD =
  /^\{"type":"chain","timestamp":"([-\d:.TZ]{24})","event":"(\w+)","block":(\d{1,15}),"lines":(\d{1,15}),"dropped":(\d{1,15}),"checks":"([\w+/=]*)","algorithm":"(?:sha256|hmac-sha256","key_id":"([\da-f]{16}))","previous":"([\da-f]{64})","hash":"([\da-f]{64})"\}\n$/;

/** What goes under the hash: the line up to the hash. */
export function sealedText(record: ChainRecord): string {
  const { timestamp, event, block, lines, dropped, checks, keyId, previous } = record;
  const algorithm = keyId === undefined ? '"sha256"' : `"hmac-sha256","key_id":"${keyId}"`;
  return (
    `${START}"timestamp":"${timestamp}","event":"${event}","block":${block},"lines":${lines},"dropped":${dropped},` +
    `"checks":"${encodeChecks(checks)}","algorithm":${algorithm},"previous":"${previous}"`
  );
}

/** The whole line. */
export const toLine = (sealed: string, hash: string): string => `${sealed},"hash":"${hash}"}\n`;

/** Whether the line means to be a record. No line of an access begins so. */
export const isRecordLine = (line: Buffer): boolean => line.subarray(0, START.length).toString('latin1') === START;

/** Takes nothing but what the daemon writes, to the byte. Undefined for anything else. */
export function parseRecord(line: Buffer): SealedRecord | undefined {
  if (!isRecordLine(line)) return undefined;
  const text = line.toString('latin1');
  const [, timestamp, event, block, lines, dropped, checks, keyId, previous, hash] = RECORD.exec(text) ?? [];
  const known = chainEvents.find((name) => name === event);
  if (timestamp === undefined || known === undefined || previous === undefined || hash === undefined) return undefined;
  return {
    timestamp,
    event: known,
    block: Number(block),
    lines: Number(lines),
    dropped: Number(dropped),
    checks: decodeChecks(checks ?? ''),
    ...(keyId !== undefined && { keyId }),
    previous,
    hash,
    sealedText: text.slice(0, text.lastIndexOf(',"hash"')),
  };
}

const CHECK_BYTES = 4;

function encodeChecks(checks: Uint32Array): string {
  const bytes = Buffer.allocUnsafe(checks.length * CHECK_BYTES);
  checks.forEach((check, index) => bytes.writeUInt32LE(check, index * CHECK_BYTES));
  return bytes.toString('base64');
}

function decodeChecks(text: string): Uint32Array {
  const bytes = Buffer.from(text, 'base64');
  const count = Math.trunc(bytes.length / CHECK_BYTES);
  return Uint32Array.from({ length: count }, (_, index) => bytes.readUInt32LE(index * CHECK_BYTES));
}
