import type { CommandIo, ExitCode } from './command-io.ts';
import { configOptions, type ConfigLoader, createConfigLoader } from './config-loader.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { runCommand } from './run-command.ts';

/** Runs the daemon until it is told to stop; lives in `main.ts`, with the signals. */
export type RunDaemon = (loader: ConfigLoader) => Promise<ExitCode>;

/** Serves secrets until told to stop. */
export function serve(args: readonly string[], io: CommandIo, run: RunDaemon): Promise<ExitCode> {
  const usage = 'keyfob serve [--config FILE] [--local SECRETS_FILE] [--listen ADDRESS]...';
  return runCommand({ args, io, usage }, async () => {
    const { values } = parseCommandLine(args, { options: configOptions, positionals: [] });
    return run(createConfigLoader(values, io.env));
  });
}
