import { connect, type Socket } from 'node:net';
import type { LoadAddress } from './load.ts';

/** What a connection tells of each answer. */
export interface AnswerSink {
  answered(connection: LoadConnection, status: number): void;
  failed(connection: LoadConnection, reason: string): void;
}

export interface LoadConnectionOptions {
  /** Counts the connections of a job. */
  readonly number: number;
  readonly address: LoadAddress;
  readonly bufferBytes: number;
  readonly sink: AnswerSink;
}

const HEAD_END = '\r\n\r\n';
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;

/** One connection with at most one request in flight. Knows of HTTP only what it needs to see an answer end. */
export class LoadConnection {
  /** From when its request counts. */
  sinceMs = 0;
  readonly number: number;
  readonly #options: LoadConnectionOptions;
  readonly #socket: Socket;
  #head: Buffer | undefined;
  #bodyLeft = 0;
  #status = 0;
  #isClosed = false;

  constructor(options: LoadConnectionOptions) {
    this.number = options.number;
    this.#options = options;
    this.#socket = connect({
      ...options.address,
      noDelay: true,
      // Reads into one buffer: the generator must cost less than what it measures.
      onread: {
        buffer: Buffer.allocUnsafe(options.bufferBytes),
        callback: (count, buffer) => {
          this.#read(Buffer.from(buffer.buffer, buffer.byteOffset, count));
          return true;
        },
      },
    });
    this.#socket.on('error', (error) => this.#failed(error.message));
    this.#socket.on('end', () => this.#failed('the server closed the connection'));
  }

  whenOpen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.once('connect', resolve).once('error', reject);
    });
  }

  /** May be called before it is open. */
  send(request: Buffer, sinceMs: number): void {
    this.sinceMs = sinceMs;
    this.#socket.write(request);
  }

  close(): void {
    this.#isClosed = true;
    this.#socket.destroy();
  }

  #failed(reason: string): void {
    if (!this.#isClosed) this.#options.sink.failed(this, reason);
  }

  #read(bytes: Buffer): void {
    if (this.#bodyLeft > 0) this.#readBody(bytes.length);
    else this.#readHead(this.#head === undefined ? bytes : Buffer.concat([this.#head, bytes]));
  }

  #readHead(bytes: Buffer): void {
    const end = bytes.indexOf(HEAD_END);
    if (end === -1) {
      this.#head = Buffer.from(bytes);
      return;
    }
    this.#head = undefined;
    const head = bytes.toString('latin1', 0, end);
    this.#status = Number(head.slice(9, 12));
    const hasBody = this.#status !== 304 && this.#status !== 204;
    const length = hasBody ? CONTENT_LENGTH.exec(head)?.[1] : '0';
    if (length === undefined) {
      this.#failed('an answer without a Content-Length');
      return;
    }
    this.#bodyLeft = Number(length);
    this.#readBody(bytes.length - end - HEAD_END.length);
  }

  #readBody(count: number): void {
    this.#bodyLeft -= count;
    if (this.#bodyLeft < 0) this.#failed('more bytes than the Content-Length says');
    else if (this.#bodyLeft === 0) this.#options.sink.answered(this, this.#status);
  }
}
