import { resolve } from 'node:path';
import { mustRun } from '../run-tool.ts';

const storage = ['--root', resolve('.cache/images/root'), '--runroot', resolve('.cache/images/run')];

/** Runs buildah on a storage of our own, without a container engine; gives its standard output. */
export function buildah(args: readonly string[]): Promise<string> {
  return mustRun('buildah', [...storage, ...args], { env: { BUILDAH_ISOLATION: 'chroot' } });
}
