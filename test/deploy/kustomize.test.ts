import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { installDeployTools } from '../../scripts/install-deploy-tools.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';
import { createPods } from './admission-review.ts';
import { admissionTest, deployTest } from './deploy-test.ts';
import { buildOverlay, containerNamed, type Overlay, overlays } from './overlay.ts';
import { runTool } from './run-tool.ts';

// Native sidecars are of 1.29.
const VERSIONS = ['1.29', '1.33', '1.37'];
// In which volumes a container finds what makes it somebody.
const IDENTITIES = /^keyfob-(?:identity|store|cache-key)$/;

await deployTest('every overlay builds, and is valid for three versions of Kubernetes', async (t) => {
  const [{ python }, folder] = [await installDeployTools(), await temporaryDirectory(t)];
  t.ok(overlays.length >= 8);
  const files: string[] = [];
  for (const name of overlays) {
    const file = join(folder, `${name}.yaml`);
    await writeFile(file, (await buildOverlay(name)).text);
    files.push(file);
  }
  const versions = VERSIONS.flatMap((version) => ['--kubernetes-version', version]);
  const judge = ['-m', 'kubernetes_validate', '--strict', ...versions];
  const { code, stdout } = await runTool('python3', [...judge, ...files], { env: { PYTHONPATH: python } });
  t.equal(code, 0, stdout);
  t.notMatch(stdout, /^(?:WARN|ERROR|FATAL)/m);
  const [first = ''] = files;
  await writeFile(
    first,
    (await buildOverlay(basename(first, '.yaml'))).text.replace('restartPolicy:', 'restartPolicies:'),
  );
  t.not((await runTool('python3', [...judge, first], { env: { PYTHONPATH: python } })).code, 0, 'it does look');
});

await admissionTest(
  'every pod passes the restricted Pod Security Standard',
  async (t) => {
    const pods = await Promise.all(
      overlays.map(async (name) => ({ metadata: { name, namespace: 'shop' }, spec: (await buildOverlay(name)).pod })),
    );
    for (const { pod, restricted } of await createPods([], pods)) t.strictSame(restricted, [], pod.metadata.name ?? '');
    const [first] = pods;
    if (first === undefined) throw new TypeError('there is no overlay');
    const [outcome] = await createPods([], [{ ...first, spec: { ...first.spec, hostNetwork: true } }]);
    t.match(outcome?.restricted, [/host namespaces/], 'it does look');
  },
  300_000,
);

await deployTest('only Keyfob has what it logs in with, and each container has its own token or socket', async (t) => {
  for (const name of overlays) {
    const { pod } = await buildOverlay(name);
    t.equal(pod.automountServiceAccountToken, false, name);
    t.equal(pod.initContainers[0]?.name, 'keyfob', `${name}: before everything else`);
    t.equal(pod.initContainers[0]?.restartPolicy, 'Always', name);
    const [web, jobs] = [containerNamed(pod, 'web'), containerNamed(pod, 'jobs')];
    const names = [...web.volumeMounts, ...jobs.volumeMounts].map((mount) => mount.name);
    t.strictSame(
      names.filter((mount) => IDENTITIES.test(mount)),
      [],
      `${name}: no identity for the application`,
    );
    t.equal(new Set(names).size, names.length, `${name}: nothing is shared`);
    t.ok(
      names.every((mount) => /^keyfob-(?:token|socket)-/.test(mount)),
      name,
    );
  }
});

await deployTest('Keyfob can write where it has to, and nowhere else', async (t) => {
  const writable = async (name: string): Promise<readonly string[]> =>
    containerNamed((await buildOverlay(name)).pod, 'keyfob')
      .volumeMounts.filter((mount) => mount.readOnly !== true)
      .map((mount) => mount.mountPath);
  const wanted: Readonly<Record<string, readonly string[]>> = {
    socket: ['/run/keyfob/callers/web', '/run/keyfob/callers/jobs'],
    persistence: ['/var/lib/keyfob'],
  };
  for (const name of overlays) t.strictSame([...(await writable(name))].sort(), [...(wanted[name] ?? [])].sort(), name);
});

await deployTest('every path of a configuration is one that is mounted', async (t) => {
  for (const name of overlays) {
    const overlay = await buildOverlay(name);
    const mounts = containerNamed(overlay.pod, 'keyfob').volumeMounts.map((mount) => mount.mountPath);
    const paths = [...pathsIn(overlay)];
    t.ok(paths.length > 0, name);
    for (const path of paths)
      t.ok(
        mounts.some((mount) => `${path}/`.startsWith(`${mount}/`) || mount.startsWith(`${path}/`)),
        `${name}: ${path}`,
      );
  }
});

function pathsIn({ config, pod }: Overlay): ReadonlySet<string> {
  const { env = [] } = containerNamed(pod, 'keyfob');
  const texts = [config, ...env.map(({ value }) => value ?? '')];
  return new Set(texts.flatMap((text) => [...text.matchAll(/(?:\/run|\/var|\/etc)\/[\w./-]+/g)].map(([path]) => path)));
}
