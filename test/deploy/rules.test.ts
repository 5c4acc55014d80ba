import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'tap';
import { parse, stringify } from 'yaml';
import { installPrometheus } from '../../scripts/install-prometheus.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';
import { prometheusTest } from './deploy-test.ts';
import { alertCases } from './rules/alert-cases.ts';
import { ruleTests } from './rules/rule-tests.ts';
import { mustRun } from './run-tool.ts';

const RULES = 'helm/keyfob/files/rules.yaml';

interface Rule {
  readonly alert?: string;
  readonly labels?: { readonly severity: string };
  readonly annotations?: { readonly runbook_url: string };
}

async function readAlerts(): Promise<readonly Rule[]> {
  const { groups }: { groups: readonly { rules: readonly Rule[] }[] } = parse(await readFile(RULES, 'utf8'));
  return groups.flatMap(({ rules }) => rules).filter(({ alert }) => alert !== undefined);
}

await prometheusTest('each alert calls in its time for its fault, and for nothing else', async (t) => {
  const { promtool } = await installPrometheus();
  t.match(await mustRun(promtool, ['check', 'rules', RULES]), /SUCCESS: \d+ rules found/);
  const file = join(await temporaryDirectory(t), 'tests.yaml');
  await writeFile(file, stringify(ruleTests(resolve(RULES))));
  t.match(await mustRun(promtool, ['test', 'rules', file]), 'SUCCESS');
});

void test('every alert is tried, and has its page', async (t) => {
  const alerts = await readAlerts();
  const names = alerts.map(({ alert, labels }) => `${alert} ${labels?.severity}`);
  const tried = new Set(alertCases.map(({ alert, severity }) => `Keyfob${alert} ${severity}`));
  t.strictSame([...tried].toSorted(), names.toSorted());
  const pages = new Set((await readdir('docs/runbooks')).map((page) => `docs/runbooks/${page}`));
  t.strictSame(new Set(alerts.map(({ annotations }) => annotations?.runbook_url)), pages);
  for (const { alert, annotations } of alerts) {
    const text = await readFile(annotations?.runbook_url ?? '', 'utf8');
    t.match(text, new RegExp(`^# ${alert}\n[^]+\n## What to look at\n[^]+\n## What to do\n`), `${alert}`);
  }
});
