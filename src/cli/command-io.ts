import type { Clock } from '../core/clock.ts';

/** 0 done, 1 failed, 2 wrong use or configuration. */
export type ExitCode = 0 | 1 | 2;

/** All that a command sees of its process. */
export interface CommandIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Whether standard output is a terminal. */
  readonly isTty: boolean;
  /** All of standard input. */
  stdin(): Promise<Uint8Array>;
  /** Values and results only. */
  stdout(data: string | Uint8Array): void;
  /** Messages only. */
  stderr(text: string): void;
}

/** One subcommand; `args` are the arguments after its name. */
export type Command = (args: readonly string[], io: CommandIo) => Promise<ExitCode>;
