import type { Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import { isSecretsError } from '../core/errors/secrets-error.ts';
import type { Log } from '../core/log.ts';
import { providerKinds } from '../providers/registry.ts';
import type { CommandIo, ExitCode } from './command-io.ts';
import { configOptions, createConfigLoader } from './config-loader.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { runCommand } from './run-command.ts';

const options = {
  ...configOptions,
  connect: { type: 'boolean' },
} as const;

/** Reports every problem of the configuration; with `--connect`, also whether each store accepts us. */
export function check(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  const usage = 'keyfob check [--config FILE] [--local SECRETS_FILE] [--listen ADDRESS]... [--connect]';
  return runCommand({ args, io, usage }, async () => {
    const { values } = parseCommandLine(args, { options, positionals: [] });
    const { config, warnings } = await createConfigLoader(values, io.env).load();
    for (const warning of warnings) io.stderr(`warning: ${warning}\n`);
    io.stdout('the configuration is valid\n');
    return values.connect === true ? connectAll(config, io) : 0;
  });
}

/** One line for each provider; fails if one of them does. */
async function connectAll(config: Config, io: CommandIo): Promise<ExitCode> {
  const outcomes = await Promise.all(config.providers.map(({ name }) => connect(config, name, io.clock)));
  for (const { line } of outcomes) io.stdout(`${line}\n`);
  return outcomes.every(({ isGood }) => isGood) ? 0 : 1;
}

interface Outcome {
  readonly line: string;
  readonly isGood: boolean;
}

async function connect(config: Config, name: string, clock: Clock): Promise<Outcome> {
  const settings = config.providers.find((provider) => provider.name === name);
  const kind = providerKinds.find(({ type }) => type === settings?.type);
  if (settings === undefined || kind === undefined) throw new TypeError(`no provider '${name}'`);
  const provider = kind.create(name, settings.options, { clock, log: silent, recordIdentityCall: () => undefined });
  try {
    await provider.start(() => undefined);
    const facts = await provider.health({ signal: AbortSignal.timeout(config.deadlineMs) });
    return { line: [`${name}: ok`, ...facts].join('; '), isGood: true };
  } catch (error) {
    if (!isSecretsError(error)) throw error;
    return { line: `${name}: ${error.message} (${error.code})`, isGood: false };
  } finally {
    await provider.close();
  }
}

// What a provider would log is said by its line.
const silent: Log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  trace: () => undefined,
};
