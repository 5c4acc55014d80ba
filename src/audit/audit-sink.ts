import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import type { Clock, Timer } from '../core/clock.ts';
import { AppendQueue } from './append-queue.ts';
import { Block } from './block.ts';
import { Chain, type ChainHead, nothingSealed } from './chain.ts';
import type { ChainKey } from './chain-key.ts';
import type { ChainEvent } from './chain-record.ts';
import { noTail, readChainTail } from './chain-tail.ts';
import { type Line, maxBytesOf, toBytes } from './line.ts';

export interface AuditSinkOptions {
  /** `stdout`, or a file that is appended to. */
  readonly target: string;
  readonly clock: Clock;
  readonly key?: ChainKey;
  /** Each failure, and whether it is the first of a row. */
  readonly onError: (error: Error, isFirst: boolean) => void;
  /** Lines were found at the end of the file that nobody had sealed. */
  readonly onRecovery: (lines: number) => void;
  /** A line was lost, since the sink could not be written for too long. */
  readonly onDrop: () => void;
}

const FLUSH_MS = 1_000;
// A reader that has stalled for so long gets no more; the process must be able to end.
const LAST_WRITE_MS = 2_000;
const BLOCK_BYTES = 65_536;
// Blocks are used again: their bytes lie outside of the heap, and to give up hundreds of them a second has V8 collect the
// whole heap every second. More than these are there only while the sink is slower than the readers.
const MAX_SPARE_BLOCKS = 8;
// Handing a write to the thread that does it costs as much as building a hundred lines.
const WRITE_BYTES = 262_144;
// A sink that stays full for so long loses lines instead of memory.
const MAX_QUEUED_BYTES = 16 * 1024 * 1024;

/**
 * Takes the lines of the audit, keeps them for at most a second, and writes them in order, each block with the record that
 * ties it to the one before.
 */
export class AuditSink {
  readonly #options: AuditSinkOptions;
  readonly #queue: AppendQueue;
  readonly #chain: Chain;
  #isStarted = false;
  readonly #spare: Block[] = [];
  #block = new Block(BLOCK_BYTES);
  #dropped = 0;
  #isWriteThrough = false;
  #timer: Timer;

  /** @throws the system's error when the file cannot be opened. Nothing is written before the first line, or `configure`. */
  constructor(options: AuditSinkOptions) {
    const { target, clock, key } = options;
    this.#options = options;
    // `process.stdout` makes a pipe non-blocking when it is asked for: a write to a full one fails, and does not get stuck.
    const fd = target === 'stdout' ? process.stdout.fd : openFile(target);
    this.#queue = new AppendQueue({ fd, clock, onError: options.onError });
    this.#chain = new Chain(clock, key);
    this.#timer = clock.after(FLUSH_MS, () => this.#tick());
  }

  /** Where the chain stands in what has been sealed so far. */
  get head(): ChainHead {
    return this.#chain.head;
  }

  write(line: Line): void {
    if (!this.#isStarted) this.#start();
    if (this.#queue.queuedBytes >= MAX_QUEUED_BYTES) {
      this.#dropped += 1;
      this.#options.onDrop();
      return;
    }
    this.#add(line);
    if (this.#isWriteThrough) this.#flush();
  }

  /**
   * Hands the line to the system before it returns.
   * @returns whether it could. If not, the line is not kept; one that went half through is written to its end later.
   */
  writeThrough(line: Line): boolean {
    if (!this.canWrite()) return false;
    const isWritten = this.#queue.writeNow(toBytes(line));
    if (isWritten || this.#queue.queuedBytes > 0) {
      this.#add(line);
      // They are written, or queued, already.
      this.#block.take();
    }
    return isWritten;
  }

  /** Whether all that was to be written through is: what failed is tried again. */
  canWrite(): boolean {
    if (!this.#isStarted) this.#start();
    this.#queue.push(this.#block.take());
    return this.#queue.drainNow();
  }

  /** The key from here on, and whether every line is handed to the system at once. */
  configure({ key, isWriteThrough }: { readonly key: ChainKey | undefined; readonly isWriteThrough: boolean }): void {
    this.#isWriteThrough = isWriteThrough;
    if (!this.#isStarted) this.#start();
    if (key?.id === this.#chain.key?.id) return;
    this.#seal('block');
    this.#chain.key = key;
    this.#push(this.#chain.seal('rekeyed', nothingSealed));
    this.#flush();
  }

  /**
   * The file may have been moved away: what is written from here on goes to a new one of that name.
   * @returns whether it was
   */
  reopen(): boolean {
    const { target } = this.#options;
    if (target === 'stdout' || isSameFile(target, this.#queue.fd)) return false;
    this.#seal('block');
    this.#queue.pushSwitch(() => openFile(target));
    this.#push(this.#chain.seal('continued', nothingSealed));
    this.#flush();
    return true;
  }

  /** For a process that ends without a chance to wait. */
  flushNow(): void {
    this.#seal('block');
    this.#queue.drainNow();
  }

  /**
   * Writes what is kept, as far as the target takes it within two seconds, then ends.
   * @returns whether there was anything: a daemon that could not start leaves the file as it was
   */
  async close(): Promise<boolean> {
    this.#timer.cancel();
    if (this.#isStarted) {
      this.#seal('block');
      this.#push(this.#chain.seal('end', nothingSealed));
    }
    if (!(await this.#queue.finish(LAST_WRITE_MS))) {
      this.#options.onError(new Error('the last lines could not be written'), true);
    }
    if (this.#options.target !== 'stdout') closeSync(this.#queue.fd);
    return this.#isStarted;
  }

  /** Goes on with the chain of the file, if there is one. Standard output begins a new one. */
  #start(): void {
    this.#isStarted = true;
    // A shell opens what standard output goes to for writing only, and it holds other lines as well.
    const isFile = this.#options.target !== 'stdout';
    const { head, unsealed, isTorn } = isFile ? readChainTail(this.#queue.fd) : noTail;
    this.#chain.head = head;
    if (isTorn) this.#push('\n');
    if (unsealed.lines > 0) {
      this.#push(this.#chain.seal('recovered', unsealed));
      this.#options.onRecovery(unsealed.lines);
    }
    this.#push(this.#chain.seal('start', nothingSealed));
    this.#queue.drainNow();
  }

  #tick(): void {
    this.#timer = this.#options.clock.after(FLUSH_MS, () => this.#tick());
    this.#seal('block');
    this.#flush();
  }

  #add(line: Line): void {
    if (this.#block.add(line)) return;
    this.#seal('block');
    if (this.#isWriteThrough || this.#queue.queuedBytes >= WRITE_BYTES) this.#flush();
    // The block is empty: it does not take a line that is longer than any block.
    const bytes = maxBytesOf(line);
    if (bytes > BLOCK_BYTES) this.#block = new Block(bytes);
    this.#block.add(line);
  }

  #seal(event: ChainEvent): void {
    const block = this.#block;
    if (block.lines === 0 && this.#dropped === 0) return;
    this.#queue.push(block.take());
    const { lines, bytes } = block;
    this.#push(this.#chain.seal(event, { lines, checks: block.checks(), bytes: [bytes], dropped: this.#dropped }));
    this.#queue.pushMark(() => this.#spareBlock(block));
    this.#block = this.#spare.pop() ?? new Block(BLOCK_BYTES);
    this.#dropped = 0;
  }

  /** Nobody has its bytes any more. */
  #spareBlock(block: Block): void {
    if (block.capacityBytes !== BLOCK_BYTES || this.#spare.length >= MAX_SPARE_BLOCKS) return;
    block.clear();
    this.#spare.push(block);
  }

  #push(text: string): void {
    this.#queue.push(Buffer.from(text));
  }

  #flush(): void {
    if (!this.#isWriteThrough) this.#queue.drain();
    else this.canWrite();
  }
}

const openFile = (path: string): number => openSync(path, 'a+', 0o600);

function isSameFile(path: string, fd: number): boolean {
  const [there, ours] = [statSync(path, { throwIfNoEntry: false }), fstatSync(fd)];
  return there !== undefined && there.dev === ours.dev && there.ino === ours.ino;
}
