/** A part of a line: text, or bytes that were made of it once for many lines. */
export type Piece = string | Uint8Array;

/** A line with its line end. In pieces, since to join them costs more than to write each where it belongs. */
export type Line = readonly Piece[];

// The most that a UTF-16 unit takes in UTF-8.
const MAX_BYTES_PER_UNIT = 3;
const LAST_ASCII = 0x7f;

/** What a line takes at most, in UTF-8. */
export function maxBytesOf(line: Line): number {
  let bytes = 0;
  for (const piece of line) bytes += typeof piece === 'string' ? piece.length * MAX_BYTES_PER_UNIT : piece.length;
  return bytes;
}

/** Writes a line in UTF-8 where it has room. @returns where it ends */
export function writeLine(line: Line, target: Buffer, start: number): number {
  let at = start;
  for (const piece of line) {
    if (typeof piece === 'string') at = writeText(piece, target, at);
    else {
      target.set(piece, at);
      at += piece.length;
    }
  }
  return at;
}

/** The bytes of a line by itself. */
export function toBytes(line: Line): Uint8Array {
  const bytes = Buffer.allocUnsafe(maxBytesOf(line));
  return bytes.subarray(0, writeLine(line, bytes, 0));
}

/** A short text is written faster here than by a call out of JavaScript. */
function writeText(text: string, target: Buffer, start: number): number {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > LAST_ASCII) return start + target.write(text, start);
    target[start + at] = unit;
  }
  return start + text.length;
}
