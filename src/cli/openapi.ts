import type { CommandIo, ExitCode } from './command-io.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { runCommand } from './run-command.ts';

/** Prints the contract of the HTTP interface as JSON; needs no daemon. */
export async function openapi(args: readonly string[], io: CommandIo, contract: object): Promise<ExitCode> {
  return runCommand({ args, io, usage: 'keyfob openapi' }, async () => {
    parseCommandLine(args, { options: {}, positionals: [] });
    io.stdout(`${JSON.stringify(contract, undefined, 2)}\n`);
    return 0;
  });
}
