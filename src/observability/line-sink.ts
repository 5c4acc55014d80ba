import { once } from 'node:events';
import { openSync } from 'node:fs';
import { pino } from 'pino';

/** Takes whole lines, keeps them for at most a second, and writes them in order. */
export interface LineSink {
  write(line: string): void;
  /** Writes what is kept, as far as the target takes it within two seconds, then ends. */
  close(): Promise<void>;
}

export interface LineSinkOptions {
  /** `stdout`, or a file that is appended to. */
  readonly target: string;
  readonly onError: (error: Error) => void;
}

const FLUSH_MS = 1_000;
// A reader that has stalled for so long gets no more; the process must be able to end.
const LAST_WRITE_MS = 2_000;
const CHUNK_BYTES = 65_536;
// A sink that was slow for a moment catches up with fewer, larger writes.
const MAX_WRITE_BYTES = 262_144;
// The most that a UTF-16 unit takes in UTF-8.
const MAX_BYTES_PER_UNIT = 3;
// A sink that stays full for so long loses lines instead of memory; each loss is an error that `onError` is told of.
const MAX_BUFFER_BYTES = 16 * 1024 * 1024;

/**
 * Opens a sink on pino's own stream, which handles partial writes, full pipes and full disks.
 * @throws the system's error when the file cannot be opened.
 */
export async function openLineSink(options: LineSinkOptions): Promise<LineSink> {
  let hasGivenUp = false;
  const stream = pino.destination({
    // Opened here: a stream that failed to open throws when pino flushes it at exit. `process.stdout` makes a pipe
    // non-blocking when it is asked for: a write to a full one is tried again and again then, and does not get stuck.
    fd: options.target === 'stdout' ? process.stdout.fd : openSync(options.target, 'a', 0o600),
    retryEAGAIN: () => !hasGivenUp,
    sync: false,
    contentMode: 'buffer',
    maxWrite: MAX_WRITE_BYTES,
    maxLength: MAX_BUFFER_BYTES,
  });
  let last: Error | undefined;
  stream.on('error', (error: Error) => {
    // pino emits the first error of a stream twice.
    if (error !== last) options.onError(error);
    last = error;
    // Its flush at exit would try for ever on a full disk; `close` writes what can be written.
    stream.flushSync = () => undefined;
  });
  stream.on('drop', () => options.onError(new Error('the sink is full')));
  return new ChunkedSink(stream, () => (hasGivenUp = true));
}

/** Encodes lines into a chunk one by one: to join strings and to encode the whole costs twice as much. */
class ChunkedSink implements LineSink {
  readonly #stream: ReturnType<typeof pino.destination>;
  readonly #giveUp: () => void;
  readonly #timer = setInterval(() => this.#flush(), FLUSH_MS).unref();
  #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  #used = 0;

  constructor(stream: ReturnType<typeof pino.destination>, giveUp: () => void) {
    this.#stream = stream;
    this.#giveUp = giveUp;
  }

  write(line: string): void {
    const mostBytes = line.length * MAX_BYTES_PER_UNIT;
    if (mostBytes > CHUNK_BYTES - this.#used) this.#flush();
    if (mostBytes > CHUNK_BYTES) this.#writeBytes(Buffer.from(line));
    else this.#used += this.#chunk.write(line, this.#used);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#flush();
    // `once` rejects on an error event, which `onError` has been told of by then.
    const closed = once(this.#stream, 'close').catch(() => this.#stream.destroy());
    this.#stream.end();
    const patience = setTimeout(this.#giveUp, LAST_WRITE_MS);
    await closed;
    clearTimeout(patience);
  }

  #flush(): void {
    if (this.#used === 0) return;
    this.#writeBytes(this.#chunk.subarray(0, this.#used));
    this.#chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    this.#used = 0;
  }

  /** The stream's types know text only; in the mode that it was opened in it takes bytes and nothing else. */
  #writeBytes(bytes: Buffer): void {
    const write: unknown = Reflect.get(this.#stream, 'write');
    if (typeof write === 'function') Reflect.apply(write, this.#stream, [bytes]);
  }
}
