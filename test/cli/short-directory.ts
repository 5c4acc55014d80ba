import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

/** A directory for sockets, whose paths may have 103 bytes at most; `testdir` lies too deep for that. */
export async function shortDirectory(t: Test): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'kf-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
