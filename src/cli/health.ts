import { nearestKey } from '../core/nearest-key.ts';
import { askDaemon } from './ask-daemon.ts';
import type { CommandIo, ExitCode } from './command-io.ts';
import { createDaemonClient } from './daemon-client.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { runCommand } from './run-command.ts';
import { UsageError } from './usage-error.ts';

const usage = 'keyfob health [live|ready|startup]';
const ROUTES: ReadonlyMap<string, string> = new Map([
  ['live', '/livez'],
  ['ready', '/readyz'],
  ['startup', '/startupz'],
]);
const TIMEOUT_MS = 5_000;

/** For exec probes: says by its exit code alone whether the daemon is alive, ready or started; why not, on standard error. */
export async function health(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  return runCommand({ args, io, usage }, async () => {
    const { positionals } = parseCommandLine(args, { options: {}, positionals: ['PROBE'] });
    const probe = positionals[0] ?? 'ready';
    const route = ROUTES.get(probe);
    if (route === undefined) throw new UsageError(unknownProbe(probe));
    await askDaemon(await createDaemonClient(io), route, TIMEOUT_MS);
    return 0;
  });
}

function unknownProbe(probe: string): string {
  const near = nearestKey(probe, [...ROUTES.keys()]);
  return `unknown probe '${probe}'${near === undefined ? '' : `; did you mean '${near}'?`}`;
}
