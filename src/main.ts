import { buffer } from 'node:stream/consumers';
import { audit } from './cli/audit.ts';
import { dispatch } from './cli/dispatch.ts';
import { check } from './cli/check.ts';
import type { ConfigLoader } from './cli/config-loader.ts';
import type { Command, CommandIo, ExitCode } from './cli/command-io.ts';
import { keepAlive } from './core/keep-alive.ts';
import { readingCommands } from './cli/reading-commands.ts';
import { serve } from './cli/serve.ts';
import { systemClock } from './core/clock.ts';
import type { Log } from './core/log.ts';
import type { Daemon } from './daemon.ts';
import { assertNetwork } from './process-permission.ts';
import { assertSecretMemory, keepMemorySecret } from './process-secrecy.ts';
import { loadContract } from './http/contract.ts';
import { providerKinds } from './providers/registry.ts';
import { loadTracing } from './tracing/load-tracing.ts';
import { version } from './version.ts';

const io: CommandIo = {
  env: process.env,
  clock: systemClock,
  isTty: process.stdout.isTTY,
  stdin: () => buffer(process.stdin),
  stdout: (data) => void process.stdout.write(data),
  stderr: (text) => void process.stderr.write(text),
};

// Of every command: the reading ones have secrets in their memory, too.
const isMemoryKept = keepMemorySecret();

/** Runs the daemon until SIGTERM or SIGINT; SIGHUP reads the configuration again. */
async function runDaemon(loader: ConfigLoader): Promise<ExitCode> {
  assertSecretMemory(process);
  assertNetwork(process);
  const { config, warnings } = await loader.load();
  // Loaded here, so that the reading commands start without it.
  const { Daemon } = await import('./daemon.ts');
  const daemon = new Daemon(config, providerKinds, await loadTracing(io.env));
  for (const warning of warnings) daemon.log.warn({}, warning);
  if (!isMemoryKept) daemon.log.warn({}, 'a core file of this process would hold secrets; forbid core files');
  // A signal during the start counts, too: as the first process of a container it would be ignored otherwise.
  const toldToStop = new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  const started = daemon.start(config).then((names) => announce(names, loader.isQuickStart, daemon.log));
  // One after the other: each takes over what the one before it left.
  let reloaded = started.catch(() => undefined);
  const onHangup = (): void => {
    daemon.reopenAudit();
    reloaded = reloaded.then(() => reload(daemon, loader));
  };
  process.on('SIGHUP', onHangup);
  // Of a failure that nobody caught; after a stop there is nothing left to write.
  process.once('exit', () => daemon.flushAudit());
  return keepAlive<ExitCode>(async () => {
    await started;
    await toldToStop;
    // From now on a signal to reload means nothing; ignoring it keeps it from ending the process.
    process.off('SIGHUP', onHangup).on('SIGHUP', () => undefined);
    await reloaded;
    // A second one ends the process at once, as is usual.
    process.once('SIGINT', () => process.exit(1));
    const complaints = await daemon.stop();
    for (const complaint of complaints) daemon.log.error({}, complaint);
    return complaints.length === 0 ? 0 : 1;
  });
}

/** Reads the configuration again; if it is wrong, everything stays as it was and the log says why. */
async function reload(daemon: Daemon, loader: ConfigLoader): Promise<void> {
  try {
    const { config, warnings } = await loader.load();
    for (const warning of warnings) daemon.log.warn({}, warning);
    const names = await daemon.reload(config);
    daemon.log.info({ listeners: names }, 'the configuration was read again');
  } catch (error) {
    daemon.log.error({ err: error }, 'the configuration stays as it was');
  }
}

/** The quick start speaks to a person, everything else to whoever reads the log. */
function announce(names: readonly string[], isQuickStart: boolean, log: Log): void {
  const [first = ''] = names;
  const url = first.startsWith('unix:') ? `--unix-socket ${first.slice(5)} http://localhost` : first;
  const path = isQuickStart ? '/v1/secrets/db/creds' : '/v1/secrets';
  const sentence = `listening on ${names.join(', ')}; try: curl ${url.replace('127.0.0.1', 'localhost')}${path}`;
  if (isQuickStart) io.stderr(`keyfob ${sentence}\n`);
  else log.info({}, sentence);
}

const commands = new Map<string, Command>([
  ['serve', (args, commandIo) => serve(args, commandIo, runDaemon)],
  ['check', check],
  ['audit', audit],
  ...readingCommands(loadContract()),
]);

// A pipe that was closed by its reader is no failure of ours.
process.stdout.on('error', (error) => {
  if (!('code' in error) || error.code !== 'EPIPE') throw error;
});

// There is nowhere left to say that standard error is full.
process.stderr.on('error', () => undefined);

process.exitCode = await dispatch(process.argv.slice(2), io, { version, commands });
