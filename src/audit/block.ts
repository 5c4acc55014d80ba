import { crc32 } from 'node:zlib';

// The most that a UTF-16 unit takes in UTF-8.
const MAX_BYTES_PER_UNIT = 3;

/** Lines that are sealed together. Each is encoded into the block as it comes: to join strings first costs twice as much. */
export class Block {
  readonly #bytes: Buffer;
  readonly #ends: number[] = [];
  #used = 0;
  #taken = 0;

  constructor(capacityBytes: number) {
    this.#bytes = Buffer.allocUnsafeSlow(capacityBytes);
  }

  static bytesFor(line: string): number {
    return line.length * MAX_BYTES_PER_UNIT;
  }

  get lines(): number {
    return this.#ends.length;
  }

  /** All lines. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#used);
  }

  /** @returns whether it fits. */
  add(line: string): boolean {
    if (Block.bytesFor(line) > this.#bytes.length - this.#used) return false;
    this.#used += this.#bytes.write(line, this.#used);
    this.#ends.push(this.#used);
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
    const checks = new Uint32Array(this.#ends.length);
    const bytes = this.#bytes;
    let [index, start] = [0, 0];
    for (const end of this.#ends) {
      checks[index++] = crc32(bytes.subarray(start, end));
      start = end;
    }
    return checks;
  }
}
