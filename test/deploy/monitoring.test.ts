import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type Test, test } from 'tap';
import { freePort } from '../free-port.ts';
import type { Daemon } from '../e2e/daemon.ts';
import { until } from '../e2e/until.ts';
import { prometheusTest } from './deploy-test.ts';
import { readDashboard } from './monitoring/dashboard.ts';
import { breakStores, floodAudit, freeze } from './monitoring/faults.ts';
import { type Prometheus, startPrometheus } from './monitoring/prometheus.ts';
import { type Shop, startFragile, startNode, startShop } from './monitoring/shop.ts';
import { ordinaryRound, stressfulRound } from './monitoring/traffic.ts';
import { alertCases } from './rules/alert-cases.ts';

const RULES = 'helm/keyfob/files/rules.yaml';
const RESTARTS = 3;
// A daemon starts several times meanwhile, on whatever else the machine does.
const PATIENCE_MS = 40_000;

function opsPort(daemon: Daemon): number {
  const address = daemon.address(1);
  if (address.kind !== 'tcp') throw new TypeError('the ops listener is no port');
  return address.port;
}

/** Until Prometheus has seen that the rotation of a good day was told to the webhook, and that one asked for was made. */
async function goodDay(shop: Shop, prometheus: Prometheus): Promise<void> {
  await ordinaryRound(shop);
  shop.vault.setSecret('shop/db', '{"password":"rotated"}');
  await until(
    'the rotation is seen',
    async () => {
      await ordinaryRound(shop);
      const told = await prometheus.query('secrets_webhook_deliveries_total{status="delivered"} > 0');
      const asked = await prometheus.query('secrets_rotation_total{provider="vault", status="success"} > 0');
      return (told.length > 0 && asked.length > 0) || undefined;
    },
    PATIENCE_MS,
  );
}

/** Starts the second daemon again and again, and Prometheus sees each start. */
async function restartOften(t: Test, prometheus: Prometheus, first: Daemon): Promise<Daemon> {
  let daemon = first;
  for (let start = 1; start <= RESTARTS; start++) {
    const port = opsPort(daemon);
    // The time of a start is told in whole seconds: two starts within one look like one.
    await pause(1_000);
    await daemon.stop();
    daemon = await startFragile(t, port, true);
    await daemon.http().get('/v1/secrets/mail/token');
    await until(
      `start ${start} is seen`,
      async () => {
        const [changes] = await prometheus.query('changes(process_start_time_seconds{pod="web-1"}[10m])');
        return (changes?.value ?? 0) >= start || undefined;
      },
      PATIENCE_MS,
    );
  }
  return daemon;
}

await prometheusTest(
  'a bad day: each alert is there for its fault, none before; each query of the dashboard has an answer',
  async (t) => {
    const [shop, port] = [await startShop(t), await freePort()];
    const fragile = await startFragile(t, port, false);
    const node = await startNode(t);
    const prometheus = await startPrometheus(t, [
      { pod: 'web-0', port: opsPort(shop.daemon) },
      { pod: 'web-1', port },
      { pod: 'node', port: opsPort(node.daemon) },
    ]);
    await goodDay(shop, prometheus);
    t.strictSame(await prometheus.alertsSoFar(), [], 'nothing calls on a good day');

    breakStores(shop);
    await shop.writeFiles('rotated');
    await writeFile(node.keysFile, 'no key set');
    const restarted = restartOften(t, prometheus, fragile);
    let round = 0;
    const appears = async (alert: string, provoke?: () => Promise<void>): Promise<void> => {
      await until(
        `${alert} is there`,
        async () => {
          await provoke?.();
          await stressfulRound(shop, round++);
          return (await prometheus.alertsSoFar()).includes(alert) || undefined;
        },
        PATIENCE_MS,
      );
    };
    const last = ['KeyfobDown', 'KeyfobEventLoopLags', 'KeyfobAuditLosesLines'];
    const alerts = [...new Set(alertCases.map(({ alert }) => `Keyfob${alert}`))];
    const [broken] = await Promise.all([
      restarted,
      (async () => {
        for (const alert of alerts.filter((name) => !last.includes(name))) await appears(alert);
      })(),
    ]);
    // Again and again: one that ends with a scrape is not in the metric.
    await appears('KeyfobEventLoopLags', () => freeze(shop.daemon));
    await floodAudit(broken);
    await appears('KeyfobAuditLosesLines');
    const { summaries, errors } = await prometheus.rules();
    await broken.kill();
    await appears('KeyfobDown');
    t.strictSame(await prometheus.alertsSoFar(), alerts.toSorted());
    t.strictSame(errors, []);
    for (const summary of summaries) t.match(summary, /^\S.*(?:shop|vault|busy|files|ending|azure).*[^.]\.$/);
    t.notMatch(summaries.join('\n'), /no value|error|%!|\/ /);
    await testDashboard(t, prometheus);
    await testCoverage(t, shop.daemon);
  },
  240_000,
);

async function testDashboard(t: Test, prometheus: Prometheus): Promise<void> {
  const { queries, variables } = await readDashboard();
  for (const { panel, expr } of queries) {
    const found = await prometheus.query(expr);
    t.ok(
      found.some(({ value }) => Number.isFinite(value)),
      `${panel}: ${expr}`,
    );
  }
  for (const { name, selector } of variables) t.not((await prometheus.labelValues(name, selector)).length, 0, name);
}

/** Nothing that is measured is overlooked: it is in the docs, and on the dashboard or in an alert. */
async function testCoverage(t: Test, daemon: Daemon): Promise<void> {
  const { text } = await daemon.http().get('/metrics');
  const looked = (await readDashboard()).text + (await readFile(RULES, 'utf8'));
  const docs = await readFile('docs/operations.md', 'utf8');
  const names = [...text.matchAll(/^# TYPE (secrets_\w+) /gm)].map(([, name = '']) => name);
  t.ok(names.length >= 19);
  for (const name of names) {
    t.ok(looked.includes(name), name);
    t.match(docs, `\`${name}\``);
  }
}

void test('the panels of the dashboard have their place and say what they show', async (t) => {
  const { panels } = await readDashboard();
  for (const { type, title, description = '', gridPos, targets = [], fieldConfig } of panels) {
    t.ok(gridPos.x + gridPos.w <= 24, title);
    if (type === 'row') continue;
    t.not(targets.length, 0, title);
    t.match(description, /\.$/, title);
    t.ok(fieldConfig?.defaults.unit, `${title}: has a unit`);
  }
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
  );
  t.equal(new Set(cells).size, cells.length, 'none lies on another');
});
