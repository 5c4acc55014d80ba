import { SecretsError } from '../core/errors/secrets-error.ts';
import { CommandFailure } from './command-failure.ts';
import type { CommandIo, ExitCode } from './command-io.ts';
import { UsageError } from './usage-error.ts';

/** One call of a command. */
export interface Invocation {
  readonly args: readonly string[];
  readonly io: CommandIo;
  /** How the command is written, without a line end. */
  readonly usage: string;
}

/**
 * Runs the body of a command: `--help` is answered, and what can be expected to fail becomes one line on standard
 * error and an exit code. Anything else is a bug of ours and is thrown on.
 */
export async function runCommand({ args, io, usage }: Invocation, body: () => Promise<ExitCode>): Promise<ExitCode> {
  if (asksForHelp(args)) {
    io.stdout(`usage: ${usage}\n`);
    return 0;
  }
  try {
    return await body();
  } catch (error) {
    if (error instanceof UsageError) {
      io.stderr(`keyfob: ${error.message}\nusage: ${usage}\n`);
      return 2;
    }
    if (!(error instanceof CommandFailure || error instanceof SecretsError)) throw error;
    io.stderr(`keyfob: ${error.message}\n`);
    return error instanceof CommandFailure ? 1 : 2;
  }
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const options = end === -1 ? args : args.slice(0, end);
  return options.includes('--help') || options.includes('-h');
}
