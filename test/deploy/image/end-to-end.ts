import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Scope } from '../../e2e/temporary-directory.ts';
import { mustRun, runTool, type ToolRun } from '../run-tool.ts';
import type { Image } from './build-image.ts';
import { createMemoryGroup, groupsIn, type MemoryUse, memoryUse, removeMemoryGroup } from './memory-group.ts';

/** Runs test files against the image's daemon, each daemon with the memory that it is given and no more. */
export class EndToEnd {
  readonly #image: Image;
  readonly #scratch: string;
  readonly #groups: string;

  private constructor(image: Image, scratch: string, groups: string) {
    this.#image = image;
    this.#scratch = scratch;
    this.#groups = groups;
  }

  static async create(scope: Scope, image: Image, memoryBytes: number): Promise<EndToEnd> {
    // Short, since the path of a socket may have 103 bytes at most.
    const scratch = await mkdtemp('/tmp/kfi-');
    scope.teardown(() => rm(scratch, { recursive: true, force: true }));
    const groups = await createMemoryGroup(`keyfob-test-${process.pid}-${memoryBytes}`);
    scope.teardown(() => removeMemoryGroup(groups));
    // The tests are the image's user and make a group for each daemon.
    await chown(groups, image.userId, image.groupId);
    await chown(scratch, image.userId, image.groupId);
    // Some machines keep the one of /dev for root.
    await mustRun('mknod', ['--mode=666', join(scratch, 'full'), 'c', '1', '7']);
    const program = join(scratch, 'keyfob');
    await writeFile(program, launcher(image, groups, memoryBytes));
    await chmod(program, 0o755);
    return new EndToEnd(image, scratch, groups);
  }

  run(testFile: string): Promise<ToolRun> {
    const { root, userId, groupId } = this.#image;
    const script = resolve('test/deploy/image/as-image-user.sh');
    const place = [root, this.#scratch, String(userId), String(groupId), resolve('.')];
    // From the project, which is elsewhere then.
    const node = relative('.', process.execPath);
    const command = [node, '--disable-warning=ExperimentalWarning', testFile];
    return runTool('unshare', ['--mount', '--propagation', 'private', 'sh', script, ...place, ...command], {
      env: { TAP_TIMEOUT: '120' },
    });
  }

  /** What each daemon took. */
  async memoryUses(): Promise<readonly MemoryUse[]> {
    return Promise.all((await groupsIn(this.#groups)).map(memoryUse));
  }
}

/**
 * The program that the tests start instead of the bundle: it enters a new group, then the image, and becomes the
 * image's program, so that signals and exit codes are those of the daemon.
 */
function launcher(image: Image, groups: string, memoryBytes: number): string {
  return `#!/bin/sh
set -e
group=$(mktemp -d ${groups}/XXXXXXXX)
echo ${memoryBytes} > "$group/memory.limit_in_bytes"
echo ${memoryBytes} > "$group/memory.memsw.limit_in_bytes"
echo $$ > "$group/cgroup.procs"
exec unshare --user --map-current-user --root=${image.root} --wd="$PWD" ${image.config.Entrypoint.join(' ')} "$@"
`;
}
