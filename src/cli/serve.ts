import { findConfigFile, readConfigFile } from '../config/read-config-file.ts';
import { type LoadedConfig, loadConfig, localConfig } from '../config/load-config.ts';
import { providerKinds } from '../providers/registry.ts';
import type { CommandIo, ExitCode } from './command-io.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { UsageError } from './usage-error.ts';
import { runCommand } from './run-command.ts';

/** A configuration that can be read again. */
export interface ConfigLoader {
  load(): Promise<LoadedConfig>;
  /** Whether it is the quick start: a file of secrets and nothing else. */
  readonly isQuickStart: boolean;
}

/** Runs the daemon until it is told to stop; lives in `main.ts`, with the signals. */
export type RunDaemon = (loader: ConfigLoader) => Promise<ExitCode>;

const options = {
  config: { type: 'string' },
  local: { type: 'string' },
  listen: { type: 'string', multiple: true },
} as const;

/** Serves secrets until told to stop. */
export function serve(args: readonly string[], io: CommandIo, run: RunDaemon): Promise<ExitCode> {
  const usage = 'keyfob serve [--config FILE] [--local SECRETS_FILE] [--listen ADDRESS]...';
  return runCommand({ args, io, usage }, async () => {
    const { values } = parseCommandLine(args, { options, positionals: [] });
    return run(createLoader(values, io.env));
  });
}

/** The options of `serve` and `check` that say which configuration is meant. */
export interface ConfigFlags {
  readonly config?: string | undefined;
  readonly local?: string | undefined;
  readonly listen?: readonly string[] | undefined;
}

export function createLoader(flags: ConfigFlags, env: CommandIo['env']): ConfigLoader {
  const { config, local, listen } = flags;
  if (config !== undefined && local !== undefined) {
    throw new UsageError("'--config' and '--local' exclude each other");
  }
  const overrides = listen === undefined ? {} : { listen };
  return {
    isQuickStart: local !== undefined,
    load: async () => {
      if (local !== undefined) return localConfig(local, providerKinds, overrides);
      return loadConfig(await readConfigFile(findConfigFile({ flag: config, env })), providerKinds, overrides);
    },
  };
}
