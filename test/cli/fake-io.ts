import type { CommandIo } from '../../src/cli/command-io.ts';
import { systemClock, type Clock } from '../../src/core/clock.ts';

/** Keeps what a command prints. */
export class FakeIo implements CommandIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly isTty: boolean;
  readonly #out: Buffer[] = [];
  readonly #in: string;
  err = '';

  constructor(
    env: Readonly<Record<string, string | undefined>>,
    { clock = systemClock, isTty = false, input = '' } = {},
  ) {
    this.env = env;
    this.clock = clock;
    this.isTty = isTty;
    this.#in = input;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#out);
  }

  get out(): string {
    return this.bytes.toString();
  }

  async stdin(): Promise<Uint8Array> {
    return Buffer.from(this.#in);
  }

  stdout(data: string | Uint8Array): void {
    this.#out.push(Buffer.from(data));
  }

  stderr(text: string): void {
    this.err += text;
  }
}
