import type { Test } from 'tap';
import { type Daemon, startDaemon } from '../e2e/daemon.ts';
import { localConfig, secretsFile } from '../e2e/local-secrets.ts';
import { until } from '../e2e/until.ts';
import { type Findings, openPage, openSite } from './browser.ts';
import { browserTest } from './deploy-test.ts';

const VALUE = 'a-value-that-no-page-may-read';
const TEST_MS = 180_000;
const START_MS = 60_000;
const NAMES = ['evil.example', 'collector.example'];

async function start(t: Test, more: Readonly<Record<string, unknown>>): Promise<Daemon> {
  const secrets = `db/creds: ${VALUE}\nother/creds: ${VALUE}\n`;
  // A name that is no loopback one in `hosts` changes what `readyz` says to this test, too.
  return startDaemon(t, { config: localConfig(await secretsFile(t, secrets), more) });
}

const portOf = (daemon: Daemon): number => {
  const address = daemon.address();
  return address.kind === 'tcp' ? address.port : 0;
};

/** What became of every access, each kind once: `operation code`. */
async function accesses(daemon: Daemon): Promise<readonly string[]> {
  await daemon.stop();
  return [
    ...new Set(
      daemon.audit.map(({ operation, code }) => `${String(operation)} ${typeof code === 'string' ? code : 'done'}`),
    ),
  ].sort();
}

/**
 * A page that stays open while its name begins to lead to another address, as the name server of an attacker can make it:
 * what it asks of its own origin then goes to the daemon. Here the daemon takes over the port of the site.
 */
const REBINDING = `
const look = async () => {
  try {
    const answer = await fetch('/v1/secrets/db/creds', { cache: 'no-store' });
    // The site answers without one.
    if (answer.headers.get('x-request-id') !== null) return tell({ found: answer.status + ' ' + (await answer.text()) });
  } catch {
    // Nobody has the port at the moment.
  }
  setTimeout(look, 100);
};
look();
`;

async function rebind(t: Test, hosts: readonly string[]): Promise<{ readonly daemon: Daemon; readonly found: string }> {
  const collector = await openSite(t, '');
  const site = await openSite(t, REBINDING, collector);
  await openPage(t, `http://evil.example:${site.port}/`, NAMES);
  await until('the page asks its site', () => site.visits() > 3 || undefined, START_MS);
  await site.close();
  const daemon = await start(t, { listen: [`127.0.0.1:${site.port}`], hosts });
  const { found = '' } = await collector.told;
  return { daemon, found };
}

await browserTest(
  'a name that begins to lead here opens nothing',
  async (t) => {
    const { daemon, found } = await rebind(t, []);
    t.match(found, /^403 .*"code":"HostNotAllowed"/);
    t.notMatch(found, VALUE);
    t.same(await accesses(daemon), ['get HostNotAllowed']);
  },
  TEST_MS,
);

await browserTest(
  'the page would read the secret, were the guard not there',
  async (t) => {
    const { found } = await rebind(t, ['evil.example']);
    t.match(found, /^200 /);
    t.match(found, VALUE);
  },
  TEST_MS,
);

/** Everything that a page can send to another origin, and what it gets to see of the answer. */
const crossSite = (port: number): string => `
const daemon = 'http://localhost:${port}';
const secret = daemon + '/v1/secrets/db/creds';
const seen = {};
const note = async (name, look) => {
  try {
    seen[name] = String(await look());
  } catch (error) {
    seen[name] = 'failed';
  }
};
const read = async (path, options) => {
  const answer = await fetch(daemon + path, options);
  return answer.type === 'opaque' ? 'opaque ' + (await answer.text()) : answer.status + ' ' + (await answer.text());
};
const load = (tag, attributes) => new Promise((resolve, reject) => {
  const element = Object.assign(document.createElement(tag), attributes, { onload: () => resolve('loaded'), onerror: reject });
  document.head.append(element);
});
const json = { 'content-type': 'application/json' };
await note('fetch', () => read('/v1/secrets/db/creds'));
await note('no-cors', () => read('/v1/secrets/db/creds', { mode: 'no-cors' }));
await note('by-address', async () => (await fetch('http://127.0.0.1:${port}/v1/secrets/db/creds')).text());
await note('with-header', () => read('/v1/secrets/db/creds', { headers: { 'x-keyfob': '1' } }));
await note('text-post', () => read('/v1/resolve', { method: 'POST', mode: 'no-cors', body: '{{secret:db/creds}}', headers: { 'content-type': 'text/plain' } }));
await note('json-post', () => read('/v1/batch', { method: 'POST', body: '{"secrets":[{"path":"db/creds"}]}', headers: json }));
await note('delete', () => read('/v1/cache/db/creds', { method: 'DELETE' }));
await note('beacon', () => navigator.sendBeacon(daemon + '/v1/resolve', '{{secret:db/creds}}'));
await note('script', () => load('script', { src: secret }));
await note('module', () => import(secret));
await note('style', () => load('link', { rel: 'stylesheet', href: secret }));
await note('image', () => new Promise((resolve, reject) => Object.assign(new Image(), { onload: resolve, onerror: reject, src: secret })));
await note('events', () => new Promise((resolve, reject) => {
  const events = new EventSource(daemon + '/v1/watch?path=db/creds');
  events.onopen = () => resolve('open');
  events.onerror = () => { events.close(); reject(new Error('refused')); };
}));
await note('socket', () => new Promise((resolve, reject) => Object.assign(new WebSocket('ws://localhost:${port}/v1/watch?path=db/creds'), { onopen: resolve, onerror: reject })));
const frame = (attributes) => new Promise((resolve) => {
  const element = Object.assign(document.createElement('iframe'), attributes, {
    onload: () => {
      try {
        resolve(element.contentDocument === null ? 'hidden' : 'visible ' + element.contentDocument.body.innerText);
      } catch {
        resolve('hidden');
      }
    },
  });
  document.body.append(element);
});
await note('frame', () => frame({ src: secret }));
await note('form', () => new Promise((resolve) => {
  const target = Object.assign(document.createElement('iframe'), { name: 'target' });
  document.body.append(target);
  const form = Object.assign(document.createElement('form'), { action: daemon + '/v1/rotate/db/creds', method: 'POST', target: 'target', enctype: 'text/plain' });
  document.body.append(form);
  target.onload = () => resolve('sent');
  form.submit();
}));
await note('null-origin', () => new Promise((resolve) => {
  addEventListener('message', ({ data }) => resolve(data));
  const inner = "fetch('" + secret + "').then((a) => a.text()).catch(() => 'failed').then((text) => parent.postMessage(text, '*'))";
  const element = document.createElement('iframe');
  element.sandbox = 'allow-scripts';
  element.srcdoc = '<script>' + inner + '<' + '/script>';
  document.body.append(element);
}));
await tell(seen);
`;

await browserTest(
  'a page of another site reads nothing and changes nothing',
  async (t) => {
    const daemon = await start(t, {
      access: {
        callers: [{ name: 'anonymous', operations: ['get', 'list', 'describe', 'resolve', 'rotate', 'invalidate'] }],
      },
    });
    const site = await openSite(t, crossSite(portOf(daemon)));
    await openPage(t, `http://evil.example:${site.port}/`, NAMES);
    const seen = await site.told;
    t.strictSame(seen, {
      fetch: 'failed',
      'no-cors': 'opaque ',
      'by-address': 'failed',
      'with-header': 'failed',
      'text-post': 'opaque ',
      'json-post': 'failed',
      delete: 'failed',
      beacon: 'true',
      script: 'failed',
      module: 'failed',
      style: 'failed',
      image: 'failed',
      events: 'failed',
      socket: 'failed',
      frame: 'hidden',
      form: 'sent',
      'null-origin': 'failed',
    } satisfies Findings);
    const done = await accesses(daemon);
    t.notOk(
      done.some((access) => access.endsWith('done')),
      done.join(', '),
    );
    for (const access of ['get CrossSite', 'resolve CrossSite', 'rotate CrossSite', 'describe CrossSite'])
      t.ok(done.includes(access), access);
  },
  TEST_MS,
);

await browserTest(
  'whoever types the address into the browser is served',
  async (t) => {
    const daemon = await start(t, {});
    await openPage(t, `http://localhost:${portOf(daemon)}/v1/secrets/db/creds`, NAMES);
    await until('it was read', () => daemon.audit.some(({ success }) => success === true) || undefined, START_MS);
    t.ok((await accesses(daemon)).includes('get done'));
  },
  TEST_MS,
);
