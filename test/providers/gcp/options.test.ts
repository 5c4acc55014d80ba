import t, { test } from 'tap';
import { readFileSync } from 'node:fs';
import { loadConfig } from '../../../src/config/load-config.ts';
import { gcpProvider } from '../../../src/providers/gcp/provider.ts';
import { checkOptions, parseOptions } from '../../../src/providers/gcp/options.ts';

const defaults = { latestPolicy: 'enabled', allowExecutable: false, insecure: false };
const given = (more: Readonly<Record<string, unknown>> = {}) => ({ project: 'shop', ...defaults, ...more });

t.beforeEach(() => {
  Reflect.deleteProperty(process.env, 'GOOGLE_CLOUD_UNIVERSE_DOMAIN');
  Reflect.deleteProperty(process.env, 'GOOGLE_CLOUD_PROJECT');
  Reflect.deleteProperty(process.env, 'GCLOUD_PROJECT');
});

test('the address follows from location and universe', async (t) => {
  t.equal(parseOptions(given()).endpoint.href, 'https://secretmanager.googleapis.com/');
  t.equal(
    parseOptions(given({ location: 'europe-west3' })).endpoint.href,
    'https://secretmanager.europe-west3.rep.googleapis.com/',
  );
  t.equal(
    parseOptions(given({ universeDomain: 'cloud.example' })).endpoint.href,
    'https://secretmanager.cloud.example/',
  );
  t.equal(parseOptions(given({ endpoint: 'https://p.internal/x/' })).endpoint.href, 'https://p.internal/x');
});

test('the chain is the default', async (t) => {
  t.same(parseOptions(given()).auth, { method: 'chain' });
  t.same(parseOptions(given({ auth: { method: 'external-account', file: '/f' } })).auth, {
    method: 'external-account',
    file: '/f',
  });
});

test('the project may come from the environment', async (t) => {
  const nameless = { ...defaults };
  t.throws(() => parseOptions(nameless), { code: 'InvalidProvider', message: /'project' is needed/ });
  process.env['GCLOUD_PROJECT'] = 'old';
  t.equal(parseOptions(nameless).project, 'old');
  process.env['GOOGLE_CLOUD_PROJECT'] = 'new';
  t.equal(parseOptions(nameless).project, 'new');
  process.env['GOOGLE_CLOUD_PROJECT'] = 'no/project';
  t.throws(() => parseOptions(nameless), { message: /'project' must be the id of a project/ });
});

test('the universe may come from the environment', async (t) => {
  t.equal(parseOptions(given()).universeDomain, 'googleapis.com');
  process.env['GOOGLE_CLOUD_UNIVERSE_DOMAIN'] = 'cloud.example';
  t.equal(parseOptions(given()).endpoint.href, 'https://secretmanager.cloud.example/');
  t.equal(parseOptions(given({ universeDomain: 'other.example' })).universeDomain, 'other.example');
  process.env['GOOGLE_CLOUD_UNIVERSE_DOMAIN'] = 'no domain';
  t.throws(() => parseOptions(given()), { message: /'universeDomain' must be a domain/ });
});

test('what fits the schema and is wrong all the same', async (t) => {
  const problems = (more: Readonly<Record<string, unknown>>) => checkOptions(given(more)).map(({ key }) => key);
  t.same(problems({}), []);
  t.same(problems({ endpoint: 'http://far.example' }), ['endpoint']);
  t.same(problems({ endpoint: 'http://far.example', insecure: true }), []);
  t.same(problems({ endpoint: 'http://127.0.0.1:1' }), []);
  t.same(problems({ tls: { cert: '/c' } }), ['tls']);
  t.same(problems({ auth: { method: 'service-account' } }), ['auth']);
  t.same(problems({ auth: { method: 'external-account' } }), ['auth']);
  t.same(problems({ auth: { method: 'chain', file: '/f' } }), ['auth.file']);
  t.same(problems({ auth: { method: 'metadata', file: '/f' } }), ['auth.file']);
});

test('options are frozen', async (t) => {
  t.ok(Object.isFrozen(parseOptions(given())));
});

const load = (text: string) => loadConfig({ text, file: 'keyfob.yaml' }, [gcpProvider]).config;
const provider = (more: string) => `providers: [{ name: gcp, type: gcp, project: shop${more} }]`;

test('the configurations of the documentation are valid', async (t) => {
  const page = readFileSync('docs/gcp.md', 'utf8');
  const blocks = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, block = '']) => block);
  t.equal(blocks.length, 2);
  for (const block of blocks) t.ok(parseOptions(load(block).providers[0]?.options));
});

test('the defaults', async (t) => {
  t.strictSame(load(provider('')).providers[0]?.options, given());
});

test('what does not fit the schema', async (t) => {
  const cases = [
    ['latestPolicy: newest', /'providers\[0\]\.latestPolicy' must be/],
    ['auth: { method: token }', /auth\.method' must be/],
    ['auth: { file: /f }', /auth\.method' is missing/],
    ['auth: { method: chain, other: 1 }', /unknown key .*auth\.other'/],
    ['location: Europe', /location' must be a region/],
    ['universeDomain: https://x', /universeDomain' must be a domain/],
    ['quotaProject: "a b"', /quotaProject' must be the id of a project/],
    ['other: 1', /unknown key .*other'/],
  ] as const;
  for (const [more, message] of cases) t.throws(() => load(provider(`, ${more}`)), { message }, more);
  t.throws(() => load('providers: [{ name: gcp, type: gcp, project: Shop/X }]'), { message: /project' must be/ });
  t.ok(load('providers: [{ name: gcp, type: gcp, project: "482913337105" }]'));
  t.ok(load('providers: [{ name: gcp, type: gcp, project: "example.com:shop" }]'));
});
