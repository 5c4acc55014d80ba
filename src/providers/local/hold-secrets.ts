import { FileProblem } from './file-problem.ts';
import type { HeldSecret } from '../../core/held/held-secret.ts';
import type { ReadSecrets, Unserved } from './read-secrets.ts';
import type { StoredSecret } from './stored-secret.ts';
import type { DigestedSecret, DigestedSecrets, VersionHistory } from './version-history.ts';

/** What is served after a reading: what was read, and for a file that cannot be served what it held before. */
export function holdSecrets(
  read: ReadSecrets,
  before: DigestedSecrets,
  history: VersionHistory,
): { readonly held: DigestedSecrets; readonly unserved: readonly Unserved[] } {
  const held: DigestedSecret[] = [];
  const unserved = [...read.unserved];
  for (const [path, stored] of read.secrets) {
    const last = before.get(path);
    const { file } = stored;
    if (file === undefined || last === undefined || !isEmptied(stored, last)) {
      held.push(history.next(path, stored, last));
      continue;
    }
    unserved.push({ file, path, problem: new FileProblem('empty', 'is empty') });
    held.push(last);
  }
  for (const { path } of read.unserved) {
    const last = before.get(path);
    if (last !== undefined) held.push(last);
  }
  held.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { held: new Map(held.map((secret) => [secret.path, secret])), unserved };
}

/** A file of a directory that had bytes and has none may be one that is being written. */
function isEmptied({ content }: StoredSecret, last: HeldSecret): boolean {
  return 'value' in content && content.value.expose().length === 0 && last.current.value.expose().length > 0;
}
