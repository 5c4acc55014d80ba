import type { Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import { isSecretsError } from '../core/errors/secrets-error.ts';
import { providerKinds } from '../providers/registry.ts';
import { checkTracing } from '../tracing/load-tracing.ts';
import { accessOptions, checkAccess, parseAccessFlags } from './check-access.ts';
import type { CommandIo, ExitCode } from './command-io.ts';
import { configOptions, createConfigLoader } from './config-loader.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { runCommand } from './run-command.ts';
import { silentLog } from './silent-log.ts';

const options = {
  ...configOptions,
  ...accessOptions,
  connect: { type: 'boolean' },
} as const;

/**
 * Reports every problem of the configuration and of the variables for traces; with `--connect`, also whether each store accepts us; with `--caller` and
 * `--path`, whether the policy allows an access, and by which line.
 */
export function check(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  const usage =
    'keyfob check [--config FILE] [--local SECRETS_FILE] [--listen ADDRESS]... [--connect] ' +
    '[--caller NAME --path P [--operation O] [--provider P]]';
  return runCommand({ args, io, usage }, async () => {
    const { values } = parseCommandLine(args, { options, positionals: [] });
    const loaded = await createConfigLoader(values, io.env).load();
    const { config, warnings } = loaded;
    const asked = parseAccessFlags(values, config);
    for (const warning of warnings) io.stderr(`warning: ${warning}\n`);
    if (asked !== undefined) {
      const { isAllowed, lines } = checkAccess(loaded, asked, io.clock);
      io.stdout(`${lines.join('\n')}\n`);
      return isAllowed ? 0 : 1;
    }
    const traces = await checkTracing(io.env);
    io.stdout('the configuration is valid\n');
    if (traces !== undefined) io.stdout(`traces are sent to ${traces}\n`);
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
  const provider = kind.create(name, settings.options, { clock, log: silentLog, recordIdentityCall: () => undefined });
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
