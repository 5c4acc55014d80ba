import { once } from 'node:events';
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
// Below the 16 KiB that the stream writes at once.
const BUFFER_BYTES = 8_192;
// A sink that stays full for so long loses lines instead of memory; each loss is an error that `onError` is told of.
const MAX_BUFFER_BYTES = 16 * 1024 * 1024;

/** A buffered sink on pino's own stream, which handles partial writes, full pipes and full disks. */
export async function openLineSink(options: LineSinkOptions): Promise<LineSink> {
  const stream = pino.destination({
    ...(options.target === 'stdout' ? { fd: 1 } : { dest: options.target, append: true, mode: 0o600 }),
    sync: false,
    minLength: BUFFER_BYTES,
    maxLength: MAX_BUFFER_BYTES,
    periodicFlush: FLUSH_MS,
  });
  stream.on('error', options.onError);
  stream.on('drop', () => options.onError(new Error('the sink is full')));
  if (options.target !== 'stdout') await once(stream, 'ready');
  return {
    write: (line) => {
      stream.write(line);
    },
    close: async () => {
      // `once` rejects on an error event, which `onError` has been told of by then.
      const closed = once(stream, 'close').catch(() => undefined);
      stream.end();
      await closed;
    },
  };
}
