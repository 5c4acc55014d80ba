import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { parse } from 'yaml';
import { runBundle } from '../e2e/bundle.ts';
import { type Json, startDaemon } from '../e2e/daemon.ts';
import { Http } from '../e2e/http.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';
import { findManifest, parseManifests, prepareCharts, type Values } from './charts.ts';
import { helmTest } from './deploy-test.ts';
import { plain, sidecars, surroundings } from './sidecar-values.ts';

const charts = await prepareCharts();
const tokens = { web: 'a-token-of-web-12345', jobs: 'a-token-of-jobs-1234' };
const secrets = { 'shop/db': 'for-web', 'shop/admin/root': 'for-nobody', 'shop/jobs/queue': 'for-jobs' };

/** The keyfob.yaml that a chart renders, for a machine where the volumes of the pod are in a directory. */
async function configOf(values: Values, name: string, directory: string): Promise<string> {
  const manifests = parseManifests(await charts.render('helm/keyfob', values));
  const text = findManifest(manifests, 'ConfigMap', name).data?.['keyfob.yaml'];
  if (text === undefined) throw new Error('the ConfigMap has no keyfob.yaml');
  return text.replaceAll('/run/keyfob', directory).replaceAll('/var/lib/keyfob', directory);
}

/** What Kubernetes would mount. */
async function mountVolumes(t: Test): Promise<string> {
  const directory = await temporaryDirectory(t);
  for (const [caller, token] of Object.entries(tokens)) {
    await mkdir(join(directory, 'callers', caller), { recursive: true });
    await writeFile(join(directory, 'callers', caller, 'token'), `${token}\n`);
  }
  await mkdir(join(directory, 'cache-key'));
  await writeFile(join(directory, 'cache-key', 'key'), 'k'.repeat(32));
  await writeFile(join(directory, 'secrets.yaml'), JSON.stringify(secrets), { mode: 0o600 });
  return directory;
}

await helmTest(
  "every configuration that the charts render passes 'keyfob check'",
  async (t) => {
    const directory = await mountVolumes(t);
    const own = Object.entries(sidecars).filter(([, { configMapName }]) => configMapName === undefined);
    const cases = own.flatMap(([name, sidecar]) => [
      [name, sidecar] as const,
      [`${name}, plain`, plain(sidecar)] as const,
    ]);
    for (const [name, sidecar] of cases) {
      const file = join(directory, 'keyfob.yaml');
      await writeFile(file, await configOf({ 'keyfob-sidecar': sidecar }, 'shop-keyfob', directory));
      const { code, stderr } = await runBundle(['check', '--config', file]);
      t.equal(code, 0, `${name}: ${stderr}`);
    }
  },
  120_000,
);

/** Serves what the sidecar would, on free ports. */
async function startSidecar(t: Test, sidecar: Values) {
  const directory = await mountVolumes(t);
  const config = { providers: [{ name: 'files', type: 'local', path: `${directory}/secrets.yaml` }] };
  const values = { 'keyfob-sidecar': { ...sidecar, config } };
  const rendered: Json = parse(await configOf(values, 'shop-keyfob', directory));
  const listen = sidecar['mode'] === 'socket' ? rendered['listen'] : ['127.0.0.1:0'];
  const settings = { ...rendered, listen, ops: { listen: ['127.0.0.1:0'] } };
  return { directory, daemon: await startDaemon(t, { config: settings }) };
}

await helmTest('token mode: each container reads its own, with its own token', async (t) => {
  const { daemon } = await startSidecar(t, sidecars['tokens from Kubernetes'] ?? {});
  const read = async (path: string, token?: string): Promise<readonly [number, string]> => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const { status, text } = await daemon.http().get(`/v1/secrets/${path}?format=raw`, headers);
    return [status, status === 200 ? text : ''];
  };
  t.strictSame(await read('shop/db', tokens.web), [200, 'for-web']);
  t.strictSame(await read('shop/admin/root', tokens.web), [403, '']);
  t.strictSame(await read('shop/db', tokens.jobs), [403, '']);
  t.strictSame(await read('shop/jobs/queue', tokens.jobs), [200, 'for-jobs']);
  t.strictSame(await read('shop/db'), [401, '']);
  t.strictSame(await read('shop/db', 'a-token-of-somebody'), [401, '']);
  for (const probe of ['startupz', 'livez', 'readyz']) t.equal((await daemon.http(1).get(`/${probe}`)).status, 200);
});

await helmTest('socket mode: each container reads its own, by its own socket', async (t) => {
  const { directory } = await startSidecar(t, sidecars['unix sockets'] ?? {});
  const read = async (caller: string, path: string): Promise<readonly [number, string]> => {
    const http = new Http({ kind: 'unix', path: join(directory, 'callers', caller, 'keyfob.sock') });
    const { status, text } = await http.get(`/v1/secrets/${path}?format=raw`);
    return [status, status === 200 ? text : ''];
  };
  t.strictSame(await read('web', 'shop/db'), [200, 'for-web']);
  t.strictSame(await read('jobs', 'shop/db'), [403, '']);
  t.strictSame(await read('jobs', 'shop/jobs/queue'), [200, 'for-jobs']);
});

await helmTest('open mode: everyone may read', async (t) => {
  const { daemon } = await startSidecar(t, sidecars['open'] ?? {});
  t.equal((await daemon.http().get('/v1/secrets/shop/db?format=raw')).text, 'for-web');
});

await helmTest('the daemon of a node takes its configuration, too', async (t) => {
  const directory = await mountVolumes(t);
  const file = join(directory, 'keyfob.yaml');
  const values = { ...surroundings['a daemon for each node'], 'keyfob-sidecar': sidecars['tokens from Kubernetes'] };
  await writeFile(file, await configOf(values, 'shop-keyfob-node', directory));
  const { code, stderr } = await runBundle(['check', '--config', file]);
  t.equal(code, 0, stderr);
});
