import { closeSync, writeSync, writev } from 'node:fs';
import type { Clock, Timer } from '../core/clock.ts';

export interface AppendQueueOptions {
  readonly fd: number;
  readonly clock: Clock;
  /** Told of each failure, and whether it is the first of a row. */
  readonly onError: (error: Error, isFirst: boolean) => void;
}

/** What is to be written, a change of the file that it is written to, or whom to tell that all before it is written. */
type Item = Uint8Array | { readonly openNext: () => number } | { readonly onWritten: () => void };

// A pipe whose reader is slow is full for a moment.
const RETRY_MS = 5;
// Linux takes no more at once (IOV_MAX).
const MAX_PIECES = 1_024;

/**
 * Appends to a file in order, in the background or at once. What cannot be written, as the disk is full, stays and is
 * tried again with what comes later; a write that went half through is completed.
 */
export class AppendQueue {
  readonly #options: AppendQueueOptions;
  #fd: number;
  #items: Item[] = [];
  #queuedBytes = 0;
  /** The whole of the first piece, when a part of it was written. */
  #halfWritten: Uint8Array | undefined;
  #isWriting = false;
  #hasFailed = false;
  #retry: Timer | undefined;
  #onIdle: (() => void) | undefined;

  constructor(options: AppendQueueOptions) {
    this.#options = options;
    this.#fd = options.fd;
  }

  get fd(): number {
    return this.#fd;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#items.push(bytes);
    this.#queuedBytes += bytes.length;
  }

  /** Calls back when all that was pushed before is written. Not at all when that is left to another file. */
  pushMark(onWritten: () => void): void {
    this.#items.push({ onWritten });
    this.#passMarks();
  }

  /**
   * From here on to the file that `openNext` opens; if it throws, to the same as before. What this file does not take goes
   * to the next one, a piece that it took half as a whole.
   */
  pushSwitch(openNext: () => number): void {
    if (!this.#hasFailed) this.#items.push({ openNext });
    else {
      // One that was not opened yet is not needed any more.
      if (this.#halfWritten !== undefined) this.#items[0] = this.#halfWritten;
      const pieces = this.#items.filter((item) => item instanceof Uint8Array);
      this.#items = [{ openNext }, ...pieces];
      this.#queuedBytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    }
  }

  /** Writes in the background what is queued. */
  drain(): void {
    if (this.#isWriting) return;
    const pieces = this.#nextPieces();
    if (pieces.length === 0) {
      this.#onIdle?.();
      return;
    }
    this.#isWriting = true;
    writev(this.#fd, pieces, (error, written) => {
      this.#isWriting = false;
      if (error === null) this.#advance(written);
      else this.#failed(error);
      if (error === null) this.drain();
      else if (!isFull(error)) this.#onIdle?.();
    });
  }

  /** Writes what is queued before it returns. @returns whether nothing is left. */
  drainNow(): boolean {
    if (this.#isWriting) return false;
    for (let [piece] = this.#nextPieces(); piece !== undefined; [piece] = this.#nextPieces()) {
      const written = this.#tryWrite(piece);
      if (written === 0) return false;
      this.#advance(written);
    }
    return true;
  }

  /**
   * Writes before it returns.
   * @returns whether all was written; if nothing was, nothing is kept, and if half was, the rest is queued.
   */
  writeNow(bytes: Uint8Array): boolean {
    if (!this.drainNow()) return false;
    const written = this.#tryWrite(bytes);
    if (written === 0) return false;
    this.push(bytes);
    this.#advance(written);
    return this.drainNow();
  }

  /** Writes what can be written within the time. @returns whether that was all. */
  async finish(patienceMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onIdle = resolve;
    const patience = this.#options.clock.after(patienceMs, resolve);
    this.drain();
    await promise;
    this.#onIdle = undefined;
    for (const timer of [patience, this.#retry]) timer?.cancel();
    return this.#items.length === 0;
  }

  /** The pieces up to the next change of the file. */
  #nextPieces(): Uint8Array[] {
    for (let [item] = this.#items; item !== undefined && 'openNext' in item; [item] = this.#items) {
      this.#items.shift();
      this.#switch(item.openNext);
    }
    const pieces: Uint8Array[] = [];
    for (const item of this.#items) {
      if ('openNext' in item || pieces.length === MAX_PIECES) break;
      if (item instanceof Uint8Array) pieces.push(item);
    }
    return pieces;
  }

  #switch(openNext: () => number): void {
    try {
      const next = openNext();
      closeSync(this.#fd);
      this.#fd = next;
    } catch (error) {
      this.#options.onError(error instanceof Error ? error : new TypeError('no file was opened'), true);
    }
  }

  #tryWrite(bytes: Uint8Array): number {
    try {
      const written = writeSync(this.#fd, bytes);
      this.#hasFailed = false;
      return written;
    } catch (error) {
      this.#failed(error instanceof Error ? error : new TypeError('the write failed'));
      return 0;
    }
  }

  #advance(written: number): void {
    this.#hasFailed = false;
    this.#queuedBytes -= written;
    let left = written;
    while (left > 0) {
      this.#passMarks();
      const [first] = this.#items;
      if (!(first instanceof Uint8Array)) throw new TypeError('more was written than was queued');
      if (first.length <= left) {
        this.#items.shift();
        this.#halfWritten = undefined;
      } else {
        this.#halfWritten ??= first;
        this.#items[0] = first.subarray(left);
      }
      left -= Math.min(left, first.length);
    }
    this.#passMarks();
  }

  #passMarks(): void {
    for (let [item] = this.#items; item !== undefined && 'onWritten' in item; [item] = this.#items) {
      this.#items.shift();
      item.onWritten();
    }
  }

  #failed(error: Error): void {
    if (isFull(error)) {
      this.#retry?.cancel();
      this.#retry = this.#options.clock.after(RETRY_MS, () => this.drain());
      return;
    }
    this.#options.onError(error, !this.#hasFailed);
    this.#hasFailed = true;
  }
}

/** A pipe that is full, in contrast to a disk, is no failure: its reader is slow. */
const isFull = (error: Error): boolean => 'code' in error && error.code === 'EAGAIN';
