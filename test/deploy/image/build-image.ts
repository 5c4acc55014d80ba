import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scope } from '../../e2e/temporary-directory.ts';
import { mustRun } from '../run-tool.ts';
import { buildah } from './buildah.ts';
import { makeStandIns } from './stand-ins.ts';

const NAME = 'localhost/keyfob:test';

/** What the image says of itself, as container engines read it. */
export interface ImageConfig {
  readonly User: string;
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly Env: readonly string[];
  readonly Healthcheck: { readonly Test: readonly string[] };
  readonly Labels: Readonly<Record<string, string>>;
}

export interface Image {
  /** Folder with its files. */
  readonly root: string;
  /** Folder with the files of the base image. */
  readonly base: string;
  readonly config: ImageConfig;
  readonly userId: number;
  readonly groupId: number;
}

/** Builds the project's Dockerfile and unpacks what comes of it, for the time of the test. */
export async function buildImage(scope: Scope): Promise<Image> {
  const { node, runtime } = await makeStandIns();
  const npmrc = join(homedir(), '.npmrc');
  const secrets = (await isThere(npmrc)) ? [`--secret=id=npmrc,src=${npmrc}`] : [];
  const bases = [`--build-arg=NODE_IMAGE=${node}`, `--build-arg=RUNTIME_IMAGE=${runtime}`];
  // The format of Docker, since that of OCI has no health check.
  await buildah(['build', '--pull-never', '--format=docker', ...secrets, ...bases, '--tag', NAME, '.']);
  const folder = await mkdtemp(join(tmpdir(), 'keyfob-image-'));
  scope.teardown(() => rm(folder, { recursive: true, force: true }));
  // Its user is not this one.
  await chmod(folder, 0o755);
  const [root, base] = [join(folder, 'root'), join(folder, 'base')];
  await unpack(NAME, root);
  await unpack(runtime, base);
  const described: { Docker: { config: ImageConfig } } = JSON.parse(
    await buildah(['inspect', '--type', 'image', NAME]),
  );
  const { config } = described.Docker;
  const [userId = Number.NaN, groupId = Number.NaN] = config.User.split(':').map(Number);
  return { root, base, config, userId, groupId };
}

async function unpack(image: string, folder: string): Promise<void> {
  const container = (await buildah(['from', '--pull-never', image])).trim();
  try {
    const mounted = (await buildah(['mount', container])).trim();
    // Its devices, too.
    await mustRun('cp', ['--archive', mounted, folder]);
  } finally {
    await buildah(['rm', container]);
  }
}

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
