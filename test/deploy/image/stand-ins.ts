import { copyFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { mustRun } from '../run-tool.ts';
import { buildah } from './buildah.ts';

const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

/** Names of images in the place of those that the Dockerfile begins with, which no package registry has. */
export interface StandIns {
  readonly node: string;
  readonly runtime: string;
}

/** Made from Debian's packages, once for each Node.js. */
export async function makeStandIns(): Promise<StandIns> {
  const release = /^VERSION_CODENAME=(.*)$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1] ?? 'stable';
  const names = {
    node: `localhost/keyfob-node:${process.versions.node}-${release}`,
    runtime: `localhost/keyfob-runtime:${release}`,
  };
  await makeOnce(names.runtime, (folder) => fillRuntime(folder, release));
  await makeOnce(names.node, (folder) => fillNode(folder, release));
  return names;
}

async function makeOnce(name: string, fill: (folder: string) => Promise<void>): Promise<void> {
  if ((await buildah(['images', '--quiet', '--filter', `reference=${name}`])).trim() !== '') return;
  const folder = await mkdtemp(join(tmpdir(), 'keyfob-base-'));
  try {
    await fill(folder);
    await buildah(['build', '--quiet', '--pull-never', '--tag', name, folder]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** As distroless images are made: packages unpacked, and nothing else, so that there is no shell. */
async function fillRuntime(folder: string, release: string): Promise<void> {
  const packages = 'base-files,libc6,libgcc-s1,libstdc++6,ca-certificates,tzdata,netbase';
  const archive = join(folder, 'base.tar');
  await mustRun('mmdebstrap', ['--quiet', '--variant=extract', `--include=${packages}`, release, archive]);
  await writeFile(join(folder, 'passwd'), 'nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n');
  await writeFile(join(folder, 'group'), 'nonroot:x:65532:\n');
  const lines = ['FROM scratch', 'ADD base.tar /', 'COPY passwd group /etc/', 'USER 65532:65532'];
  await writeFile(join(folder, 'Dockerfile'), `${lines.join('\n')}\n`);
}

/** A Debian with our Node.js, the npm of this machine, and the authorities that this machine trusts. */
async function fillNode(folder: string, release: string): Promise<void> {
  const packages = 'ca-certificates,libatomic1,libstdc++6';
  const archive = join(folder, 'base.tar');
  await mustRun('mmdebstrap', ['--quiet', '--variant=minbase', `--include=${packages}`, release, archive]);
  const modules = join(folder, 'node', 'lib', 'node_modules');
  await mkdir(join(folder, 'node', 'bin'), { recursive: true });
  await mkdir(modules, { recursive: true });
  await copyFile(process.execPath, join(folder, 'node', 'bin', 'node'));
  await cp(await npmFolder(), join(modules, 'npm'), { recursive: true });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(folder, 'node', 'bin', 'npm'));
  await copyFile(AUTHORITIES, join(folder, 'authorities.crt'));
  const lines = [
    'FROM scratch',
    'ADD base.tar /',
    'COPY node /usr/local',
    `COPY authorities.crt ${AUTHORITIES}`,
    `ENV NODE_EXTRA_CA_CERTS=${AUTHORITIES}`,
  ];
  await writeFile(join(folder, 'Dockerfile'), `${lines.join('\n')}\n`);
}

async function npmFolder(): Promise<string> {
  const program = await mustRun('sh', ['-c', 'readlink -f "$(command -v npm)"']);
  return resolve(program.trim(), '..', '..');
}
