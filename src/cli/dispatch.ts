import { nearestKey } from '../core/nearest-key.ts';
import type { Command, CommandIo, ExitCode } from './command-io.ts';
import { usage } from './usage.ts';

/** The program: its version and its subcommands by name. */
export interface Program {
  readonly version: string;
  readonly commands: ReadonlyMap<string, Command>;
}

/** Runs the subcommand that the arguments name; `argv` is without node and script. */
export async function dispatch(argv: readonly string[], io: CommandIo, program: Program): Promise<ExitCode> {
  const [name, ...args] = argv;
  switch (name) {
    case undefined:
      io.stderr(usage);
      return 2;
    case '--help':
    case '-h':
    case 'help':
      io.stdout(usage);
      return 0;
    case '--version':
      io.stdout(`${program.version}\n`);
      return 0;
    default: {
      const command = program.commands.get(name);
      if (command !== undefined) return command(args, io);
      io.stderr(unknownCommand(name, [...program.commands.keys()]));
      return 2;
    }
  }
}

function unknownCommand(name: string, known: readonly string[]): string {
  const isOption = name.startsWith('-');
  const near = nearestKey(name, isOption ? ['--version', '--help'] : known);
  const hint = near === undefined ? "; see 'keyfob --help'" : `; did you mean '${near}'?`;
  return `keyfob: unknown ${isOption ? 'option' : 'command'} '${name}'${hint}\n`;
}
