import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

/** What takes things down again: a test, or the whole file. */
export type Scope = Pick<Test, 'teardown'>;

/** A directory that goes with its scope. Its name is short, since the path of a socket may have 103 bytes at most. */
export async function temporaryDirectory(scope: Scope): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'kf-'));
  scope.teardown(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}
