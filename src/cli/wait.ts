import { parseDuration } from '../core/duration.ts';
import { askDaemon } from './ask-daemon.ts';
import { CommandFailure } from './command-failure.ts';
import type { CommandIo, ExitCode } from './command-io.ts';
import { createDaemonClient, type DaemonClient } from './daemon-client.ts';
import { keepAlive } from '../core/keep-alive.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { pollUntilGreen } from './poll-until-green.ts';
import { runCommand } from './run-command.ts';
import { UsageError } from './usage-error.ts';

const usage = 'keyfob wait [--timeout 60s]';
const options = { timeout: { type: 'string', default: '60s' } } as const;

/** For entrypoints: returns when the daemon has started and is ready. */
export async function wait(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  return runCommand({ args, io, usage }, async () => {
    const { timeout } = parseCommandLine(args, { options, positionals: [] }).values;
    const timeoutMs = parseDuration(timeout);
    if (timeoutMs === undefined) throw new UsageError(`'--timeout' is no duration such as '60s': '${timeout}'`);
    const client = await createDaemonClient(io);
    const poll = (attemptMs: number): Promise<string | undefined> => reasonAgainst(client, attemptMs);
    const reason = await keepAlive(() => pollUntilGreen(poll, io.clock, timeoutMs));
    if (reason === undefined) return 0;
    throw new CommandFailure(`the daemon at ${client.address} was not ready within ${timeout}: ${reason}`);
  });
}

async function reasonAgainst(client: DaemonClient, timeoutMs: number): Promise<string | undefined> {
  try {
    await askDaemon(client, '/startupz', timeoutMs);
    await askDaemon(client, '/readyz', timeoutMs);
    return undefined;
  } catch (error) {
    if (error instanceof CommandFailure) return error.message;
    throw error;
  }
}
