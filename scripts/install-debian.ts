// Debian packages for the tests: installed where they are missing and we may.
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { MissingTool } from './missing-tool.ts';

const run = promisify(execFile);
const PATIENCE_MS = 90_000;
const POLL_MS = 1_000;

/**
 * What `find` finds, after the packages were installed if it found nothing.
 * @throws MissingTool where there is none and we are not root on a Debian; Error when the installation fails.
 */
export async function installDebian<T>(
  what: string,
  packages: readonly string[],
  find: () => Promise<T | undefined>,
): Promise<T> {
  const found = await find();
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0 || !(await exists('/usr/bin/apt-get')))
    throw new MissingTool(
      `${what} is missing (of the Debian packages ${packages.join(', ')}), and only root can install it`,
    );
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-o', 'DPkg::Lock::Timeout=120', '--yes', '--quiet', '--no-install-recommends'];
  try {
    await run('apt-get', ['update', '--quiet'], { env });
    await run('apt-get', ['install', ...options, ...packages], { env });
  } catch (error) {
    return await installedBySomeoneElse(find, error);
  }
  const installed = await find();
  if (installed === undefined) throw new Error(`the packages ${packages.join(', ')} are without ${what}`);
  return installed;
}

/** Two test files may want it at once, and the second finds the lists of packages locked: it waits for the first. */
async function installedBySomeoneElse<T>(find: () => Promise<T | undefined>, failure: unknown): Promise<T> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += POLL_MS) {
    await sleep(POLL_MS);
    const found = await find();
    if (found !== undefined) return found;
  }
  throw failure;
}

export const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
