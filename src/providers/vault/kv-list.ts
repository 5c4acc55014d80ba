import type { ListQuery } from '../../core/provider.ts';
import type { Page, SecretMetadata } from '../../core/secret.ts';
import { kvPathProblem } from './kv-path.ts';

/** Names in a folder (empty, or ending in `/`); folders end in a slash. */
export type ReadFolder = (folder: string) => Promise<readonly string[]>;

// A page is one attempt under one deadline, so a large tree must be many pages: at 20 ms a folder this is a second.
const MAX_FOLDERS = 50;

/** Where the walk is: what follows `after` in `folder` comes next. */
interface Place {
  readonly folder: string;
  /** A path in the folder; the folder itself when nothing in it has been seen. */
  readonly after: string;
}

/**
 * Secrets below a plain string prefix, in the order of their whole paths. Vault lists one folder a call, so folders are
 * read one by one as the page needs them, beginning with the prefix's own or the cursor's, and never those that lie
 * before the cursor. A page ends early, even empty, when it has read 50 of them. Each page reads a folder that no page
 * before has gone on from, so that the walk ends however deep the tree is.
 */
export async function listKv(query: ListQuery, readFolder: ReadFolder): Promise<Page<SecretMetadata>> {
  const { prefix, limit, cursor } = query;
  const top = folderOf(prefix);
  if (top !== '' && kvPathProblem(top.slice(0, -1)) !== undefined) return { items: [] };
  const paths: string[] = [];
  const left = new Map<string, Iterator<string>>();
  let place: Place | undefined = cursor === undefined ? { folder: top, after: top } : parseCursor(cursor);
  while (place !== undefined) {
    const { folder }: Place = place;
    let names = left.get(folder);
    if (names === undefined) {
      if (left.size >= MAX_FOLDERS) return toPage(paths, toCursor(place));
      names = following(place, await readFolder(folder), prefix);
      left.set(folder, names);
    }
    const next = names.next();
    if (next.done === true) place = placeBehind(folder, top);
    else if (paths.length >= limit) return toPage(paths, paths.at(-1));
    else if (next.value.endsWith('/')) place = { folder: next.value, after: next.value };
    else paths.push(next.value);
  }
  return toPage(paths);
}

function following({ folder, after }: Place, names: readonly string[], prefix: string): Iterator<string> {
  // A folder without a name cannot be asked for.
  const paths = names.filter((name) => name !== '/').map((name) => folder + name);
  // With its slash, a folder sorts exactly where the paths in it do.
  return paths
    .filter((path) => path.startsWith(prefix) && path > after)
    .sort()
    .values();
}

const placeBehind = (folder: string, top: string): Place | undefined =>
  folder.length <= top.length ? undefined : { folder: folderOf(folder.slice(0, -1)), after: folder };

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/** The last path, a folder that comes next, or with a second slash, which no path has, a folder that is done. */
const toCursor = ({ folder, after }: Place): string => (after === folder ? folder : `${after}/`);

function parseCursor(cursor: string): Place {
  if (!cursor.endsWith('//')) return { folder: folderOf(cursor), after: cursor };
  const done = cursor.slice(0, -1);
  return { folder: folderOf(done.slice(0, -1)), after: done };
}

const toPage = (paths: readonly string[], nextCursor?: string): Page<SecretMetadata> => ({
  items: paths.map((name) => ({ name })),
  ...(nextCursor !== undefined && { nextCursor }),
});
