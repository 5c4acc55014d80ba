import { findConfigFile, readConfigFile } from '../config/read-config-file.ts';
import { type LoadedConfig, loadConfig, localConfig } from '../config/load-config.ts';
import { providerKinds } from '../providers/registry.ts';
import type { CommandIo } from './command-io.ts';
import { UsageError } from './usage-error.ts';

/** A configuration that can be read again. */
export interface ConfigLoader {
  load(): Promise<LoadedConfig>;
  /** Whether it is the quick start: a file of secrets and nothing else. */
  readonly isQuickStart: boolean;
}

/** What `parseArgs` is to know of the options that say which configuration is meant. */
export const configOptions = {
  config: { type: 'string' },
  local: { type: 'string' },
  listen: { type: 'string', multiple: true },
} as const;

/** Their values. */
export interface ConfigFlags {
  readonly config?: string | undefined;
  readonly local?: string | undefined;
  readonly listen?: readonly string[] | undefined;
}

/** @throws UsageError for options that exclude each other */
export function createConfigLoader(flags: ConfigFlags, env: CommandIo['env']): ConfigLoader {
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
