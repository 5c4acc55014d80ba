import { appendFile, open } from 'node:fs/promises';
import type { Clock, Timer } from '../../core/clock.ts';
import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import type { Log } from '../../core/log.ts';
import type { CassetteHead, CassetteLine } from './cassette-line.ts';

/** Seals a piece of a cassette, so that only who has the key can read it. */
export type SealText = (text: string) => Promise<Uint8Array>;

export interface CassetteWriterOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Values are the real ones; without it they are made up, and the cassette is plain text. */
  readonly seal?: SealText;
}

const FLUSH_MS = 1_000;

/** Appends the lines of a recording to a new file, within a second. */
export class CassetteWriter {
  readonly #options: CassetteWriterOptions;
  #lines: string[] = [];
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isFailing = false;

  constructor(options: CassetteWriterOptions) {
    this.#options = options;
  }

  /** @throws ConfigurationError when there is such a file already, or it cannot be made */
  async open(): Promise<void> {
    const { file, clock, seal } = this.#options;
    const head: CassetteHead = {
      cassette: 1,
      values: seal === undefined ? 'fake' : 'keep',
      startedAt: new Date(clock.wallMs()).toISOString(),
    };
    try {
      const handle = await open(file, 'wx', 0o600);
      await handle.writeFile(`${JSON.stringify(head)}\n`);
      await handle.close();
    } catch (cause) {
      const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
      const problem = isThere ? 'is there already; a recording needs a new file' : 'cannot be written';
      throw new ConfigurationError('MissingEndpoint', `the cassette '${file}' ${problem}`, { cause });
    }
  }

  write(line: CassetteLine): void {
    this.#lines.push(JSON.stringify(line));
    this.#timer ??= this.#options.clock.after(FLUSH_MS, () => void this.flush());
  }

  /** Writes what has come in so far, after what was written before. */
  flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    const lines = this.#lines;
    this.#lines = [];
    if (lines.length > 0) this.#writing = this.#writing.then(() => this.#append(lines));
    return this.#writing;
  }

  async #append(lines: readonly string[]): Promise<void> {
    const { file, seal, log } = this.#options;
    try {
      const text = lines.join('\n');
      const sealed = seal && JSON.stringify({ sealed: Buffer.from(await seal(text)).toString('base64') });
      await appendFile(file, `${sealed ?? text}\n`);
      this.#isFailing = false;
    } catch (err) {
      if (!this.#isFailing)
        log.error({ file, err }, 'the cassette cannot be written; what was asked meanwhile is missing');
      this.#isFailing = true;
    }
  }
}
