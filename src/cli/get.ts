import { askDaemon } from './ask-daemon.ts';
import type { CommandIo, ExitCode } from './command-io.ts';
import { createDaemonClient } from './daemon-client.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { runCommand } from './run-command.ts';
import { UsageError } from './usage-error.ts';

const usage = 'keyfob get PATH [--key K] [--version V] [--stage S] [--provider P] [--json] [--fresh]';
const options = {
  key: { type: 'string' },
  version: { type: 'string' },
  stage: { type: 'string' },
  provider: { type: 'string' },
  json: { type: 'boolean' },
  fresh: { type: 'boolean' },
} as const;

/** Prints the value of one secret, byte for byte, or with `--json` all that the daemon says of it. */
export async function get(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  return runCommand({ args, io, usage }, async () => {
    const { values, positionals } = parseCommandLine(args, { options, positionals: ['PATH'] });
    const path = positionals[0];
    if (path === undefined || path === '') throw new UsageError('the PATH of the secret is missing');
    const { json = false, fresh = false, ...selection } = values;
    const query = new URLSearchParams({ format: json ? 'json' : 'raw', ...selection });
    if (fresh) query.set('fresh', 'true');
    const body = await askDaemon(await createDaemonClient(io), `/v1/secrets/${encodePath(path)}?${query.toString()}`);
    io.stdout(body);
    // A value that goes to a program or a file is left as it is.
    if (json || io.isTty) io.stdout('\n');
    return 0;
  });
}

const encodePath = (path: string): string => path.toWellFormed().split('/').map(encodeURIComponent).join('/');
