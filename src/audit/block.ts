import { crc32 } from 'node:zlib';

// The most that a UTF-16 unit takes in UTF-8.
const MAX_BYTES_PER_UNIT = 3;

/** Lines that are sealed together. Each is encoded into the block as it comes: to join strings first costs twice as much. */
export class Block {
  readonly #bytes: Buffer;
  readonly #ends: number[] = [];
  #lines = 0;
  #used = 0;
  #taken = 0;

  constructor(capacityBytes: number) {
    this.#bytes = Buffer.allocUnsafeSlow(capacityBytes);
  }

  static bytesFor(line: string): number {
    return line.length * MAX_BYTES_PER_UNIT;
  }

  get lines(): number {
    return this.#lines;
  }

  get capacityBytes(): number {
    return this.#bytes.length;
  }

  /** All lines. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#used);
  }

  /** @returns whether it fits. */
  add(line: string): boolean {
    if (Block.bytesFor(line) > this.#bytes.length - this.#used) return false;
    this.#used += this.#bytes.write(line, this.#used);
    this.#ends[this.#lines++] = this.#used;
    return true;
  }

  /** The lines since it was last asked: each is given out once. */
  take(): Uint8Array {
    const fresh = this.#bytes.subarray(this.#taken, this.#used);
    this.#taken = this.#used;
    return fresh;
  }

  /** A check for each line, which tells the line that was changed; that one was, tells the hash of the block. */
  checks(): Uint32Array {
    const checks = new Uint32Array(this.#lines);
    let start = 0;
    for (let line = 0; line < this.#lines; line += 1) {
      const end = this.#ends[line];
      checks[line] = crc32(this.#bytes.subarray(start, end));
      start = end ?? start;
    }
    return checks;
  }

  /** Forgets its lines, for others to take their place. */
  clear(): void {
    this.#lines = 0;
    this.#used = 0;
    this.#taken = 0;
  }
}
