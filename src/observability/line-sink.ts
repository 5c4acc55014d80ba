import { once } from 'node:events';
import { openSync } from 'node:fs';
import { pino } from 'pino';

/** Takes whole lines, keeps them for at most a second, and writes them in order. */
export interface LineSink {
  write(line: string): void;
  /** Writes what is kept, then ends. */
  close(): Promise<void>;
}

export interface LineSinkOptions {
  /** `stdout`, or a file that is appended to. */
  readonly target: string;
  readonly onError: (error: Error) => void;
}

const FLUSH_MS = 1_000;
const CHUNK_BYTES = 16_384;
// A sink that was slow for a moment catches up with fewer, larger writes.
const MAX_WRITE_BYTES = 262_144;
// The most that a UTF-16 unit takes in UTF-8.
const MAX_BYTES_PER_UNIT = 3;
// A sink that stays full for so long loses lines instead of memory; each loss is an error that `onError` is told of.
const MAX_BUFFER_BYTES = 16 * 1024 * 1024;

/**
 * A buffered sink on pino's own stream, which handles partial writes, full pipes and full disks. Lines are encoded into
 * a chunk one by one: to join strings and encode the whole costs twice as much.
 * @throws the system's error when the file cannot be opened.
 */
export async function openLineSink(options: LineSinkOptions): Promise<LineSink> {
  const stream = pino.destination({
    // Opened here: a stream that failed to open throws when it is flushed at exit.
    fd: options.target === 'stdout' ? 1 : openSync(options.target, 'a', 0o600),
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
  });
  stream.on('drop', () => options.onError(new Error('the sink is full')));

  // The stream's types know text only; in this mode it takes bytes and nothing else.
  const writeBytes = (bytes: Buffer): void => void Reflect.apply(stream.write, stream, [bytes]);
  let chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let used = 0;
  const flush = (): void => {
    if (used === 0) return;
    writeBytes(chunk.subarray(0, used));
    chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    used = 0;
  };
  const timer = setInterval(flush, FLUSH_MS);
  timer.unref();
  return {
    write: (line) => {
      if (line.length * MAX_BYTES_PER_UNIT > CHUNK_BYTES - used) flush();
      if (line.length * MAX_BYTES_PER_UNIT > CHUNK_BYTES) writeBytes(Buffer.from(line));
      else used += chunk.write(line, used);
    },
    close: async () => {
      clearInterval(timer);
      flush();
      // `once` rejects on an error event, which `onError` has been told of by then.
      const closed = once(stream, 'close').catch(() => undefined);
      stream.end();
      await closed;
    },
  };
}
