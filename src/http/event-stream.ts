import type { ServerResponse } from 'node:http';

export interface EventStreamOptions {
  readonly response: ServerResponse;
  /** Goes first, at the pace of the reader. */
  readonly missed: Iterator<string, undefined>;
  /** Told once, however it ended. */
  readonly onEnd: () => void;
}

const MAX_WAITING_BYTES = 65_536;

/** Writes to one reader. One that is too slow is cut off: it may come back and ask for what it has missed. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #missed: Iterator<string, undefined>;
  readonly #waiting: string[] = [];
  #waitingBytes = 0;

  constructor({ response, missed, onEnd }: EventStreamOptions) {
    this.#response = response;
    this.#missed = missed;
    response.once('close', onEnd);
    response.on('drain', () => this.#write());
    // Whatever goes wrong with the connection closes it, too.
    response.on('error', () => response.destroy());
    this.#write();
  }

  send(text: string): void {
    this.#waiting.push(text);
    this.#waitingBytes += Buffer.byteLength(text);
    this.#write();
    if (this.#waitingBytes > MAX_WAITING_BYTES) this.#response.destroy();
  }

  /** A reader that has not taken what was written is not waited for. */
  end(): void {
    if (this.#response.writableLength > 0) this.#response.destroy();
    else this.#response.end();
  }

  #write(): void {
    const response = this.#response;
    while (!response.writableEnded && !response.destroyed && !response.writableNeedDrain) {
      const text = this.#missed.next().value ?? this.#next();
      if (text === undefined) return;
      response.write(text);
    }
  }

  #next(): string | undefined {
    const text = this.#waiting.shift();
    if (text !== undefined) this.#waitingBytes -= Buffer.byteLength(text);
    return text;
  }
}
