import { readFile } from 'node:fs/promises';
import { test } from 'tap';
import { parse } from 'yaml';
import { codeBlocksOf } from '../markdown.ts';
import { prepareCharts, type ChartName, type Values } from './charts.ts';
import { helmTest } from './deploy-test.ts';
import { sidecars } from './sidecar-values.ts';
import { keyfobEffects, sidecarEffects, type Effect } from './value-effects.ts';

interface DocumentedChart {
  readonly folder: string;
  readonly effects: readonly Effect[];
  /** Where its values are seen to have an effect, and under which key. */
  readonly seenIn: ChartName;
  readonly place: readonly string[];
  readonly given: Values;
}

const sidecar = sidecars['tokens from Kubernetes'] ?? {};
const documented: readonly DocumentedChart[] = [
  {
    folder: 'helm/keyfob-sidecar',
    effects: sidecarEffects,
    seenIn: 'examples/chart',
    place: ['keyfob-sidecar'],
    given: sidecar,
  },
  {
    folder: 'helm/keyfob',
    effects: keyfobEffects,
    seenIn: 'helm/keyfob',
    place: [],
    given: { 'keyfob-sidecar': sidecar },
  },
];

/** The rows of the README's table of values: name and default. */
async function readRows(folder: string): Promise<Map<string, unknown>> {
  const table = (await readFile(`${folder}/README.md`, 'utf8')).split('\n## Values\n')[1] ?? '';
  const rows = table.matchAll(/^\| `([^`]+)` +\| (?:`([^`]*)`)? *\|/gm);
  return new Map([...rows].map(([, name = '', value = "''"]) => [name, parse(value)]));
}

/** Names of the values in values.yaml with their defaults. What a row of the README names as a whole is not taken apart. */
function leaves(values: Values, isWhole: (name: string) => boolean, prefix = ''): [string, unknown][] {
  return Object.entries(values).flatMap(([key, value]): [string, unknown][] => {
    const name = prefix + key;
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value) && !isWhole(name);
    return isGroup ? leaves(Object(value), isWhole, `${name}.`) : [[name, value]];
  });
}

/** Merges as Helm does: objects key by key. */
function merge(base: Values, more: Values): Values {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(more)) {
    const both = [merged[key], value].every((one) => typeof one === 'object' && one !== null && !Array.isArray(one));
    merged[key] = both ? merge(Object(merged[key]), Object(value)) : value;
  }
  return merged;
}

const at = (path: readonly string[], value: unknown): Values =>
  Object(path.reduceRight((inner: unknown, key) => ({ [key]: inner }), value));

for (const { folder, effects, seenIn, place, given } of documented) {
  void test(`${folder}: the README has every value, with its default`, async (t) => {
    const rows = await readRows(folder);
    const values: Values = parse(await readFile(`${folder}/values.yaml`, 'utf8'));
    t.strictSame(Object.fromEntries(rows), Object.fromEntries(leaves(values, (name) => rows.has(name))));
    t.strictSame([...new Set(effects.map(({ value }) => value))].sort(), [...rows.keys()].sort());
  });

  await helmTest(
    `${folder}: each value has its effect`,
    async (t) => {
      const charts = await prepareCharts();
      for (const effect of effects) {
        const without = merge(at(place, given), at(place, effect.given ?? {}));
        const set = merge(without, at([...place, ...effect.value.split('.')], effect.set));
        const [before, after] = [await charts.render(seenIn, without), await charts.render(seenIn, set)];
        const shows = (text: string): boolean =>
          typeof effect.shows === 'string' ? text.includes(effect.shows) : effect.shows.test(text);
        t.notOk(shows(before), `${effect.value}: not without it`);
        t.ok(shows(after), `${effect.value}: ${JSON.stringify(effect.set)}`);
      }
    },
    180_000,
  );
}

const nodeCaller = { name: 'a', subject: 's', operations: ['get'] };

/** Values that are refused, and what their author reads. */
const refused: readonly (readonly [chart: ChartName, values: Values, says: RegExp])[] = [
  ['examples/chart', { 'keyfob-sidecar': { moed: 'token' } }, /moed/],
  ['examples/chart', { 'keyfob-sidecar': { mode: 'tokens' } }, /mode/],
  [
    'examples/chart',
    { 'keyfob-sidecar': { callers: [] } },
    /keyfob-sidecar.callers is empty: name the containers that may ask/,
  ],
  [
    'examples/chart',
    { 'keyfob-sidecar': { callers: [{ name: 'web', operations: ['get'] }] } },
    /keyfob-sidecar.callers has no 'jobs', only: web/,
  ],
  ['examples/chart', { 'keyfob-sidecar': { callers: [{ name: 'Web', operations: ['get'] }] } }, /name/],
  ['examples/chart', { 'keyfob-sidecar': { callers: [{ name: 'web' }] } }, /operations/],
  ['examples/chart', { 'keyfob-sidecar': { mode: 'open' } }, /in mode open every caller is 'anonymous'/],
  ['examples/chart', { 'keyfob-sidecar': { config: { listen: ['0.0.0.0:1'] } } }, /listen/],
  ['examples/chart', { 'keyfob-sidecar': { config: { access: { mode: 'open' } } } }, /mode/],
  ['examples/chart', { 'keyfob-sidecar': { tokens: { source: 'secret' } } }, /tokens.secretName must name the secret/],
  [
    'examples/chart',
    { 'keyfob-sidecar': { persistence: { enabled: true } } },
    /persistence.keySecret must name the secret/,
  ],
  ['examples/chart', { 'keyfob-sidecar': { identity: { azure: { clientId: 'c' } } } }, /azure.tenantId is missing/],
  [
    'examples/chart',
    { 'keyfob-sidecar': { identity: { aws: { roleArn: 'arn:aws:iam::123456789012:role/r', podIdentity: true } } } },
    /keep one/,
  ],
  ['examples/chart', { 'keyfob-sidecar': { image: { digest: 'latest' } } }, /digest/],
  [
    'helm/keyfob',
    { 'keyfob-sidecar': { callers: [{ name: 'web', operations: ['get'] }] } },
    /keyfob-sidecar.config.providers is empty/,
  ],
  ['helm/keyfob', { injectoin: { enabled: true } }, /injectoin/],
  [
    'helm/keyfob',
    { 'keyfob-sidecar': { ...sidecar, native: false }, injection: { enabled: true } },
    /keyfob-sidecar.native must be true/,
  ],
  ['helm/keyfob', { ...surroundingsWithout('callers') }, /node.callers is empty/],
  ['helm/keyfob', merge(surroundingsWithout(), { node: { callers: [{ ...nodeCaller, alow: ['**'] }] } }), /alow/],
  ['helm/keyfob', merge(surroundingsWithout(), { node: { port: 9464 } }), /node.port and .*ops.port are both 9464/],
  [
    'helm/keyfob',
    { ...surroundingsWithout(), configMap: { enabled: true }, 'keyfob-sidecar': { ...sidecar, callers: [] } },
    /callers is empty: name them, or where no pod has a sidecar set configMap.enabled to false/,
  ],
  ['examples/chart', { 'keyfob-sidecar': { port: 9464 } }, /keyfob-sidecar.port and .*ops.port are both 9464/],
  ['helm/keyfob', { ...surroundingsWithout('tlsSecret') }, /node.tlsSecret must name a secret/],
  ['helm/keyfob', { ...surroundingsWithout('jwt') }, /node.jwt.issuer must be/],
];

function surroundingsWithout(name?: string): Values {
  const node = {
    enabled: true,
    callers: [nodeCaller],
    tlsSecret: 't',
    jwt: { issuer: 'https://i' },
  };
  return {
    'keyfob-sidecar': sidecar,
    configMap: { enabled: false },
    node: Object.fromEntries(Object.entries(node).filter(([key]) => key !== name)),
  };
}

await helmTest('wrong values are refused with a reason', async (t) => {
  const charts = await prepareCharts();
  for (const [chart, values, says] of refused) {
    const { code, stderr } = await charts.tryRender(chart, values);
    t.not(code, 0, String(says));
    t.match(stderr, says);
  }
});

await helmTest('the values that the docs show are accepted', async (t) => {
  const charts = await prepareCharts();
  for (const [page, wanted] of [
    ['docs/helm.md', 3],
    ['docs/operations.md', 1],
  ] as const) {
    const blocks = codeBlocksOf(await readFile(page, 'utf8')).filter(({ info }) => info === 'yaml values');
    t.equal(blocks.length, wanted, page);
    for (const { text } of blocks) {
      const shown: Values = parse(text);
      await charts.render('helm/keyfob', merge({ 'keyfob-sidecar': sidecar }, shown));
    }
  }
});

void test('charts, their image and the package have one version', async (t) => {
  const { version }: { version: string } = JSON.parse(await readFile('package.json', 'utf8'));
  for (const folder of ['helm/keyfob', 'helm/keyfob-sidecar']) {
    const chart: { version: string; appVersion: string } = parse(await readFile(`${folder}/Chart.yaml`, 'utf8'));
    t.strictSame([chart.version, chart.appVersion], [version, version], folder);
  }
  const values: { image: { tag: string } } = parse(await readFile('helm/keyfob-sidecar/values.yaml', 'utf8'));
  t.equal(values.image.tag, version);
  for (const file of ['helm/keyfob/Chart.yaml', 'examples/chart/Chart.yaml'])
    t.match(await readFile(file, 'utf8'), `version: ${version}\n    repository`);
});
