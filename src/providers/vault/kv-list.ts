import type { ListQuery } from '../../core/provider.ts';
import type { Page, SecretMetadata } from '../../core/secret.ts';
import { kvPathProblem } from './kv-path.ts';

/** Names in a folder (empty, or ending in `/`); folders end in a slash. */
export type ReadFolder = (folder: string) => Promise<readonly string[]>;

type Walk = Pick<ListQuery, 'prefix' | 'limit'> & { readonly after: string };

/**
 * Secrets below a plain string prefix, in the order of their whole paths. Vault lists one folder a call, so folders are
 * read one by one as the page needs them, beginning with the prefix's own, and never those that lie before the cursor.
 * The cursor is the last path.
 */
export async function listKv(query: ListQuery, readFolder: ReadFolder): Promise<Page<SecretMetadata>> {
  const walk = { prefix: query.prefix, limit: query.limit, after: query.cursor ?? '' };
  const top = query.prefix.slice(0, query.prefix.lastIndexOf('/') + 1);
  if (top !== '' && kvPathProblem(top.slice(0, -1)) !== undefined) return { items: [] };
  const paths: string[] = [];
  const hasMore = await collect(top, { walk, readFolder, paths });
  const last = paths.at(-1);
  return {
    items: paths.map((name) => ({ name })),
    ...(hasMore && last !== undefined && { nextCursor: last }),
  };
}

interface Collecting {
  readonly walk: Walk;
  readonly readFolder: ReadFolder;
  readonly paths: string[];
}

/** Adds what fits on the page; true when the page is full and something is left. */
async function collect(folder: string, collecting: Collecting): Promise<boolean> {
  const { walk, readFolder, paths } = collecting;
  // With its slash, a folder sorts exactly where the paths in it do.
  const found = (await readFolder(folder)).map((name) => folder + name).sort();
  for (const path of found.filter((path) => isWanted(path, walk))) {
    if (paths.length >= walk.limit) return true;
    if (!path.endsWith('/')) paths.push(path);
    else if (await collect(path, collecting)) return true;
  }
  return false;
}

function isWanted(path: string, { prefix, after }: Walk): boolean {
  if (!path.startsWith(prefix)) return false;
  return path > after || (path.endsWith('/') && after.startsWith(path));
}
