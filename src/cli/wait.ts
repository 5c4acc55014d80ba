import { parseDuration } from '../core/duration.ts';
import { askDaemon } from './ask-daemon.ts';
import { CommandFailure } from './command-failure.ts';
import type { CommandIo, ExitCode } from './command-io.ts';
import { createDaemonClient, type DaemonClient } from './daemon-client.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { pollUntilGreen } from './poll-until-green.ts';
import { runCommand } from './run-command.ts';
import { UsageError } from './usage-error.ts';

const usage = 'keyfob wait [--timeout 60s]';
const options = { timeout: { type: 'string', default: '60s' } } as const;
// The longest delay that setInterval takes.
const KEEP_ALIVE_MS = 2 ** 31 - 1;

/** For entrypoints: returns when the daemon has started and is ready. */
export async function wait(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  return runCommand({ args, io, usage }, async () => {
    const { timeout } = parseCommandLine(args, { options, positionals: [] }).values;
    const timeoutMs = parseDuration(timeout);
    if (timeoutMs === undefined) throw new UsageError(`'--timeout' is no duration such as '60s': '${timeout}'`);
    const client = await createDaemonClient(io);
    // Timers of the clock let the process end, and between two polls there is nothing else that would not.
    const keepAlive = setInterval(() => {}, KEEP_ALIVE_MS);
    try {
      const reason = await pollUntilGreen((attemptMs) => reasonAgainst(client, attemptMs), io.clock, timeoutMs);
      if (reason === undefined) return 0;
      throw new CommandFailure(`the daemon at ${client.address} was not ready within ${timeout}: ${reason}`);
    } finally {
      clearInterval(keepAlive);
    }
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
