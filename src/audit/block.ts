import { type Line, maxBytesOf, writeLine } from './line.ts';
import { lineCheck } from './line-check.ts';

/** Lines that are sealed together. Each is encoded into the block as it comes: to join strings first costs twice as much. */
export class Block {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #ends: number[] = [];
  #lines = 0;
  #used = 0;
  #taken = 0;

  constructor(capacityBytes: number) {
    this.#bytes = Buffer.allocUnsafeSlow(capacityBytes);
    this.#view = new DataView(this.#bytes.buffer);
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
  add(line: Line): boolean {
    if (maxBytesOf(line) > this.#bytes.length - this.#used) return false;
    this.#used = writeLine(line, this.#bytes, this.#used);
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
      const end = this.#ends[line] ?? start;
      checks[line] = lineCheck(this.#view, start, end);
      start = end;
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
