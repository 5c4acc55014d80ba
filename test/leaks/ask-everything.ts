import type { Http } from '../e2e/http.ts';

const ROUTES = ['secrets', 'metadata', 'versions'];
const QUERIES = [
  '',
  'fresh=true',
  'format=raw',
  'key=k',
  'key=/k/deep',
  'version=9',
  'stage=previous',
  'wait=1ms',
  'vesion=1',
];

/** Every route of the contract with every provider, rightly and wrongly used. Headers carry what must not come back. */
export async function askEverything(
  http: Http,
  stores: readonly string[],
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const get = (path: string) => http.get(path, headers);
  const send = (method: string, path: string, body?: unknown) =>
    http.send({
      method,
      path,
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  for (const store of stores) {
    const asked = ROUTES.flatMap((route) =>
      QUERIES.filter((query) => route === 'secrets' || query === '').map((query) =>
        `/v1/${route}/db/creds?provider=${store}&${query}`.replace(/&$/, ''),
      ),
    );
    await Promise.all([
      ...asked.map(get),
      get(`/v1/secrets/no/such?provider=${store}`),
      get(`/v1/secrets?prefix=&provider=${store}`),
      get(`/v1/secrets?provider=${store}&tag=a%3Db&limit=1`),
    ]);
  }
  const items = stores.map((provider) => ({ path: 'db/creds', provider }));
  await send('POST', '/v1/batch', { secrets: [...items, { path: 'no/such' }, { path: '../x' }] });
  const text = stores.map((store) => `{{secret:${store}://db/creds}} {{secret:${store}://db/creds#nope}}`).join('\n');
  await send('POST', '/v1/resolve', { text });
  await send('POST', '/v1/resolve', { text: '{{secret:db/creds}}' });
  await send('POST', '/v1/resolve', { txet: headers['authorization'] });
  for (const path of ['/v1/rotate/db/creds', '/v1/rotate/no/such']) await send('POST', path);
  await send('DELETE', '/v1/cache/db/creds');
  await send('DELETE', '/v1/cache?prefix=no');
  for (const path of [
    '/v1/status',
    '/metrics',
    '/livez',
    '/readyz',
    '/startupz',
    '/openapi.json',
    '/nothing',
    '/v1/watch',
  ])
    await get(path);
  await get('/v1/secrets/%zz');
  await get(`/v1/secrets/${'p'.repeat(3_000)}`);
  await http.get('/v1/secrets/db/creds', { ...headers, host: 'evil.example' });
  await http.get('/v1/secrets/db/creds', { ...headers, via: headers['authorization'] });
}
