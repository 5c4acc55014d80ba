import { askDaemon } from './ask-daemon.ts';
import { CommandFailure } from './command-failure.ts';
import type { CommandIo, ExitCode } from './command-io.ts';
import { createDaemonClient, type DaemonClient } from './daemon-client.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { runCommand } from './run-command.ts';
import { UsageError } from './usage-error.ts';

const usage = 'keyfob list [PREFIX] [--tag KEY=VALUE]... [--provider P] [--json]';
const options = {
  tag: { type: 'string', multiple: true },
  provider: { type: 'string' },
  json: { type: 'boolean' },
} as const;
const PAGE_SIZE = '1000';

interface ListedSecret {
  readonly path: string;
}

interface ListPage {
  readonly secrets: readonly ListedSecret[];
  readonly nextCursor?: string;
}

/** Prints the paths of all secrets under a prefix, one a line, or with `--json` one document with their metadata. */
export async function list(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  return runCommand({ args, io, usage }, async () => {
    const { values, positionals } = parseCommandLine(args, { options, positionals: ['PREFIX'] });
    const { tag: tags = [], provider, json = false } = values;
    for (const tag of tags) if (!/^[^=]+=/.test(tag)) throw new UsageError(`tag '${tag}' is not written 'KEY=VALUE'`);
    const query = new URLSearchParams({ prefix: positionals[0] ?? '', limit: PAGE_SIZE });
    if (provider !== undefined) query.set('provider', provider);
    for (const tag of tags) query.append('tag', tag);

    const secrets: ListedSecret[] = [];
    for await (const page of pages(await createDaemonClient(io), query)) {
      if (json) secrets.push(...page.secrets);
      else for (const { path } of page.secrets) io.stdout(`${path}\n`);
    }
    if (json) io.stdout(`${JSON.stringify({ secrets })}\n`);
    return 0;
  });
}

async function* pages(client: DaemonClient, query: URLSearchParams): AsyncGenerator<ListPage> {
  for (;;) {
    const page = parsePage(await askDaemon(client, `/v1/secrets?${query.toString()}`));
    yield page;
    if (page.nextCursor === undefined) return;
    if (page.nextCursor === query.get('cursor')) throw new CommandFailure('the list does not end');
    query.set('cursor', page.nextCursor);
  }
}

function parsePage(body: Uint8Array): ListPage {
  try {
    const page: unknown = JSON.parse(Buffer.from(body).toString());
    if (isListPage(page)) return page;
  } catch {
    // Told below.
  }
  throw new CommandFailure('the daemon did not answer with a list');
}

function isListPage(page: unknown): page is ListPage {
  if (typeof page !== 'object' || page === null || !('secrets' in page) || !Array.isArray(page.secrets)) return false;
  return page.secrets.every(isListed) && (!('nextCursor' in page) || typeof page.nextCursor === 'string');
}

const isListed = (secret: unknown): boolean =>
  typeof secret === 'object' && secret !== null && 'path' in secret && typeof secret.path === 'string';
