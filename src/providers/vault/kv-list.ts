import type { ListQuery } from '../../core/provider.ts';
import type { Page, SecretMetadata } from '../../core/secret.ts';
import { FolderReader, type ReadFolder } from './folder-reader.ts';
import { kvPathProblem } from './kv-path.ts';

/** Where the walk is: what follows `after` in `folder` comes next. */
interface Place {
  readonly folder: string;
  /** A path in the folder; the folder itself when nothing in it has been seen. */
  readonly after: string;
}

/** The paths of a folder that has been read, and the first of them that the walk has not come to. */
interface Rest {
  readonly paths: readonly string[];
  at: number;
}

/**
 * Secrets below a plain string prefix, in the order of their whole paths. Vault lists one folder a call, so folders are
 * read as the page needs them, and those that come next at the same time, beginning with the prefix's own or the
 * cursor's, and never those that lie before the cursor. A page ends early, even empty, when it has read as much as it
 * may. Each page reads a folder that no page before has gone on from, so that the walk ends however deep the tree is.
 */
export async function listKv(query: ListQuery, readFolder: ReadFolder): Promise<Page<SecretMetadata>> {
  const top = folderOf(query.prefix);
  if (top !== '' && kvPathProblem(top.slice(0, -1)) !== undefined) return { items: [] };
  const reader = new FolderReader(readFolder);
  try {
    return await walk(query, top, reader);
  } finally {
    await reader.settle();
  }
}

async function walk(query: ListQuery, top: string, reader: FolderReader): Promise<Page<SecretMetadata>> {
  const { prefix, limit, cursor } = query;
  const found: string[] = [];
  const rests = new Map<string, Rest>();
  let place: Place | undefined = cursor === undefined ? { folder: top, after: top } : parseCursor(cursor);
  while (place !== undefined) {
    const { folder }: Place = place;
    let rest = rests.get(folder);
    if (rest === undefined) {
      if (!reader.mayTake(folder)) return toPage(found, toCursor(place));
      const names = reader.take(folder);
      // Nearly every folder holds a secret, so the page needs no more folders than secrets.
      reader.readAhead(foldersBehind({ folder, top, rests, reader }), limit - found.length);
      rest = { paths: following(place, await names, prefix), at: 0 };
      rests.set(folder, rest);
    }
    const next = rest.paths[rest.at];
    if (next === undefined) place = placeBehind(folder, top);
    else if (found.length >= limit) return toPage(found, found.at(-1));
    else {
      rest.at++;
      if (next.endsWith('/')) place = { folder: next, after: next };
      else found.push(next);
    }
  }
  return toPage(found);
}

function following({ folder, after }: Place, names: readonly string[], prefix: string): readonly string[] {
  // A folder without a name cannot be asked for.
  const paths = names.filter((name) => name !== '/').map((name) => folder + name);
  // With its slash, a folder sorts exactly where the paths in it do.
  return paths.filter((path) => path.startsWith(prefix) && path > after).sort();
}

interface Ahead {
  readonly folder: string;
  readonly top: string;
  readonly rests: ReadonlyMap<string, Rest>;
  readonly reader: FolderReader;
}

/** The folders that the walk comes to once it is through with this one, as far as they are known: nearest first. */
function* foldersBehind({ folder, top, rests, reader }: Ahead): Generator<string, void> {
  for (let place = placeBehind(folder, top); place !== undefined; place = placeBehind(place.folder, top)) {
    const rest = rests.get(place.folder);
    if (rest === undefined) yield place.folder;
    else for (const path of rest.paths.slice(rest.at)) if (path.endsWith('/')) yield* foldersFrom(path, reader);
  }
}

/** A folder and those in it. */
function* foldersFrom(folder: string, reader: FolderReader): Generator<string, void> {
  yield folder;
  for (const path of following({ folder, after: folder }, reader.peek(folder), folder))
    if (path.endsWith('/')) yield* foldersFrom(path, reader);
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
