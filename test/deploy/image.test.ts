import { chmod, glob, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Test } from 'tap';
import { announced } from '../e2e/daemon.ts';
import { Http } from '../e2e/http.ts';
import { type Scope, temporaryDirectory } from '../e2e/temporary-directory.ts';
import { until } from '../e2e/until.ts';
import { imageTest } from './deploy-test.ts';
import { buildImage, type Image } from './image/build-image.ts';
import { type Container, startContainer } from './image/container.ts';
import { EndToEnd } from './image/end-to-end.ts';
import { memoryUse, ownMemoryGroup } from './image/memory-group.ts';
import { unitFilter } from './image/unit-filter.ts';
import { mustRun } from './run-tool.ts';

const MEMORY_BYTES = 128 * 1024 ** 2;
/** One test keeps 96 values of 1 MiB in a cache that it allows 512 MiB. */
const ROOM_FOR_LARGE_VALUES_BYTES = 512 * 1024 ** 2;
const BUILD_TIMEOUT_MS = 600_000;
const toMiB = (bytes: number): number => Math.round(bytes / 1024 / 1024);

// All in one, since the image is built once.
await imageTest(
  'the image',
  async (t) => {
    const image = await buildImage(t);
    await t.test('is its base and five files, says what it is, and runs as a numbered user', (t) =>
      checkContents(t, image),
    );
    await t.test('serves in a restricted container with 128 MiB, checks its own health, and ends when told', (t) =>
      checkContainer(t, image),
    );
    await t.test('serves with the system calls that the unit for systemd leaves it', (t) => checkUnitFilter(t, image));
    await t.test('passes the end-to-end tests as its user, with 128 MiB for each daemon', (t) => checkDaemon(t, image));
  },
  BUILD_TIMEOUT_MS,
);

async function checkContents(t: Test, { root, base, config }: Image): Promise<void> {
  const added = new Set(await filesOf(root)).difference(new Set(await filesOf(base)));
  t.strictSame([...added].sort(), [
    'licenses/node.txt',
    'licenses/third-party.txt',
    'usr/lib/libatomic.so.1',
    'usr/lib/libatomic.so.1.2.0',
    'usr/local/bin/keyfob',
  ]);
  t.match(config.User, /^[1-9]\d*:[1-9]\d*$/);
  t.strictSame(config.Entrypoint, ['/usr/local/bin/keyfob']);
  t.strictSame(config.Healthcheck.Test, ['CMD', '/usr/local/bin/keyfob', 'health']);
  t.match(config.Labels, {
    'org.opencontainers.image.title': 'Keyfob',
    'org.opencontainers.image.licenses': 'Apache-2.0',
    'org.opencontainers.image.version': /^\d+\.\d+\.\d+$/,
    'org.opencontainers.image.revision': String,
  });
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await Array.fromAsync(glob('**', { cwd: folder, withFileTypes: true }));
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

interface Serving {
  readonly container: Container;
  readonly address: { readonly port: number };
  readonly read: () => Promise<string>;
}

async function serveIn(t: Test, image: Image, filter?: object): Promise<Serving> {
  const options = { image, settings: await settings(t), memoryBytes: MEMORY_BYTES };
  const container = await startContainer(t, { ...options, ...(filter !== undefined && { filter }) });
  const [address] = await until('the container listens', () => {
    if (container.hasExited) throw new Error(`the container ended: ${container.stderr}`);
    return announced(container.stderr);
  });
  if (address?.kind !== 'tcp') throw new TypeError('it listens elsewhere than on TCP');
  const http = new Http(address);
  const read = async (): Promise<string> => (await http.get('/v1/secrets/db/creds?key=password&format=raw')).text;
  return { container, address, read };
}

async function checkUnitFilter(t: Test, image: Image): Promise<void> {
  const { container, read } = await serveIn(t, image, await unitFilter('deploy/systemd/keyfob.service'));
  t.equal(await read(), 'correct-horse');
  await container.kill('SIGHUP');
  await until('it has read its configuration again', () => /read again/.test(container.stderr) || undefined);
  await container.kill('SIGTERM');
  t.equal(await container.exited, 0);
}

async function checkContainer(t: Test, image: Image): Promise<void> {
  await forgetFile(join(image.root, image.config.Entrypoint[0] ?? ''));
  const { container, address, read } = await serveIn(t, image);
  t.equal(await read(), 'correct-horse');

  const status = await readFile(`/proc/${await container.processId()}/status`, 'utf8');
  t.match(status, new RegExp(`^Uid:\\s+${image.userId}\\s`, 'm'));
  t.match(status, /^CapEff:\s+0+$/m);
  t.match(status, /^CapBnd:\s+0+$/m);
  t.match(status, /^NoNewPrivs:\s+1$/m);
  t.match(status, /^Seccomp:\s+2$/m, 'system calls are filtered');
  const mounts = await readFile(`/proc/${await container.processId()}/mountinfo`, 'utf8');
  t.match(mounts, /^\d+ \d+ \S+ \S+ \/ ro[, ]/m, 'nothing of the image can be written');

  const health = image.config.Healthcheck.Test.slice(1);
  const daemon = { KEYFOB_ADDR: `http://127.0.0.1:${address.port}` };
  t.equal((await container.exec(health, daemon)).code, 0, 'healthy');
  t.equal((await container.exec(health, { KEYFOB_ADDR: 'http://127.0.0.1:1' })).code, 1, 'not healthy');

  await container.kill('SIGUSR1');
  t.equal(await read(), 'correct-horse');
  t.notMatch(container.stderr, /debugger/i, 'a signal opens no debugger');

  const use = await memoryUse(join(await ownMemoryGroup(), container.name));
  t.equal(use.kills, 0);
  t.comment(`daemon and two health checks: ${toMiB(use.peakBytes)} MiB at most, file cache included`);
  await container.kill('SIGTERM');
  t.equal(await container.exited, 0);
}

/** Takes a file out of the cache, so that its pages are charged to whoever reads it next, as on a node that never had it. */
async function forgetFile(file: string): Promise<void> {
  await mustRun('sync', [file]);
  await mustRun('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none']);
}

/** A folder for /etc/keyfob that everybody may read. */
async function settings(scope: Scope): Promise<string> {
  const folder = await temporaryDirectory(scope);
  await chmod(folder, 0o755);
  const config = {
    listen: ['127.0.0.1:0'],
    drain: 0,
    providers: [{ name: 'files', type: 'local', path: '/etc/keyfob/secrets.json' }],
  };
  await writeFile(join(folder, 'keyfob.yaml'), JSON.stringify(config));
  await writeFile(join(folder, 'secrets.json'), JSON.stringify({ 'db/creds': { password: 'correct-horse' } }));
  return folder;
}

async function checkDaemon(t: Test, image: Image): Promise<void> {
  const usual = await EndToEnd.create(t, image, MEMORY_BYTES);
  const roomy = await EndToEnd.create(t, image, ROOM_FOR_LARGE_VALUES_BYTES);
  const files = (await Array.fromAsync(glob('test/e2e/*.test.ts'))).sort();
  const next = async (): Promise<void> => {
    const file = files.shift();
    if (file === undefined) return;
    const suite = basename(file) === 'large-value.test.ts' ? roomy : usual;
    const { code, stdout, stderr } = await suite.run(file);
    t.equal(code, 0, file, { output: stdout + stderr });
    await next();
  };
  // As many as there are cores in the smallest machine.
  await Promise.all([next(), next()]);
  const uses = await usual.memoryUses();
  t.ok(uses.length > 100, `${uses.length} daemons had a group each`);
  t.strictSame(
    uses.filter(({ kills }) => kills > 0),
    [],
    'none was short of memory',
  );
}
