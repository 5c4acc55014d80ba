import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';
import { installDeployTools } from '../../scripts/install-deploy-tools.ts';
import { prepareCharts, type ChartName, type Values } from './charts.ts';
import { helmTest } from './deploy-test.ts';
import { runTool } from './run-tool.ts';
import { plain, sidecars, surroundings } from './sidecar-values.ts';

/** Native sidecars are of 1.29; admission policies that mutate are of 1.36. */
const native = ['1.29', '1.33', '1.37'];
const older = ['1.25', '1.28', '1.37'];
const policies = ['1.36', '1.37'];

const cases: (readonly [name: string, chart: ChartName, values: Values, versions: readonly string[]])[] = [];
for (const [name, sidecar] of Object.entries(sidecars)) {
  const values = { 'keyfob-sidecar': sidecar };
  cases.push([`${name}, included`, 'examples/chart', values, native]);
  cases.push([`${name}, before 1.29`, 'examples/chart', { 'keyfob-sidecar': plain(sidecar) }, older]);
  cases.push([`${name}, its ConfigMap`, 'helm/keyfob', values, native]);
  cases.push([`${name}, injected`, 'helm/keyfob', { ...values, injection: { enabled: true } }, policies]);
}
for (const [name, values] of Object.entries(surroundings))
  cases.push([name, 'helm/keyfob', { ...values, 'keyfob-sidecar': sidecars['tokens from Kubernetes'] }, older]);

await helmTest(
  'every documented combination is valid for three versions of Kubernetes',
  async (t) => {
    const [charts, { python }] = [await prepareCharts(), await installDeployTools()];
    const folder = await mkdtemp(join(tmpdir(), 'keyfob-manifests-'));
    const byVersions = Map.groupBy(cases, ([, , , versions]) => versions);
    for (const [versions, group] of byVersions) {
      // Most documents are the same in many combinations: each is looked at once.
      const documents = new Map<string, string>();
      for (const [name, chart, values] of group)
        for (const document of (await charts.render(chart, values)).split(/^---$/m)) documents.set(document, name);
      const files: string[] = [];
      for (const [document, name] of documents) {
        const file = join(folder, `${files.length} ${versions[0]} ${name.replaceAll(/[^A-Za-z0-9]+/g, '-')}.yaml`);
        await writeFile(file, document);
        files.push(file);
      }
      const wanted = versions.flatMap((version) => ['--kubernetes-version', version]);
      const args = ['-m', 'kubernetes_validate', '--strict', ...wanted, ...files];
      const { code, stdout, stderr } = await runTool('python3', args, { env: { PYTHONPATH: python } });
      const lines = stdout.split('\n').filter((line) => line !== '');
      const unknown = lines.filter((line) => line.startsWith('WARN') && !/kind (PodMonitor|PrometheusRule)/.test(line));
      t.strictSame(unknown, [], 'every kind but those of Prometheus is known');
      t.strictSame(
        lines.filter((line) => /^(ERROR|FATAL)/.test(line)),
        [],
        `valid for ${versions.join(', ')}`,
      );
      t.equal(code, 0, stderr);
      const checked = lines.filter((line) => line.startsWith('INFO')).length;
      t.ok(checked >= versions.length * 10, `${checked} documents were looked at`);
    }
  },
  300_000,
);

await helmTest('the check finds a field that Kubernetes lacks', async (t) => {
  const { python } = await installDeployTools();
  const input =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: a, restartPolice: Always}]}\n';
  const args = ['-m', 'kubernetes_validate', '--strict', '--kubernetes-version', '1.33', '-'];
  const { code, stdout } = await runTool('python3', args, { input, env: { PYTHONPATH: python } });
  t.match(stdout, 'restartPolice');
  t.equal(code, 1);
});

await helmTest('helm lint has nothing to say', async (t) => {
  const charts = await prepareCharts();
  for (const [name, chart, values] of cases) {
    const { code, stdout } = await charts.lint(chart, values);
    t.equal(code, 0, `${name}: ${stdout}`);
  }
});

void test('there are combinations', async (t) => {
  t.ok(cases.length > 50);
});
