import { writeFile } from 'node:fs/promises';
import type { OutgoingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import t, { test } from 'tap';
import { startDaemon } from './daemon.ts';
import type { Answer, Http } from './http.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { shopSecrets } from './shop-secrets.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { until } from './until.ts';

const [OLD, NEW, OTHER] = ['old-token-of-web-0123', 'new-token-of-web-4567', 'token-of-the-operator'];
const directory = await temporaryDirectory(t);
const [webTokens, opsTokens, socket] = ['web', 'ops', 's'].map((name) => join(directory, name)) as [
  string,
  string,
  string,
];
await writeFile(webTokens, `${OLD}\n\n  ${NEW}  \n`);
await writeFile(opsTokens, OTHER);
const READING = ['get', 'list', 'describe', 'resolve'];
const callers = [
  { name: 'web', token: { file: webTokens }, operations: READING, allow: ['/db/*', 'numbers'], deny: ['db/replica'] },
  {
    name: 'ops',
    token: { file: opsTokens },
    operations: [...READING, 'invalidate'],
    allow: ['**'],
    providers: ['files'],
  },
  { name: 'socket', operations: READING, allow: ['mail/*'] },
];
const config = localConfig(await secretsFile(t, shopSecrets), {
  listen: ['127.0.0.1:0', { address: `unix:${socket}`, caller: 'socket' }],
  ops: { listen: ['127.0.0.1:0'] },
  access: { mode: 'token', requiredHeader: 'X-Keyfob', callers },
});
const daemon = await startDaemon(t, { config });
const [tcp, unix, ops] = [daemon.http(0), daemon.http(1), daemon.http(2)];
const bearer = (token: string): OutgoingHttpHeaders => ({ authorization: `Bearer ${token}`, 'x-keyfob': '1' });
const web = bearer(OLD);

const verdict = ({ status, json }: Answer): unknown => (status < 300 ? status : Object(json).code);
const asks = async (path: string, headers = web, http: Http = tcp): Promise<unknown> =>
  verdict(await http.get(path, headers));

test('every valid token is its caller, and nothing else is', async (t) => {
  for (const token of [OLD, NEW]) t.equal(await asks('/v1/secrets/db/creds', bearer(token)), 200);
  const shown = { 'x-keyfob': '1' };
  for (const authorization of [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    `Basic ${OLD}`,
    OLD,
    `Bearer ${OLD}x`,
    `Bearer ${OLD.slice(0, -1)}`,
    `Bearer ${OLD} ${NEW}`,
    `Bearer ${OLD},`,
    `Bearer ${OLD.toUpperCase()}`,
  ]) {
    const answer = await tcp.get(
      '/v1/secrets/db/creds',
      authorization === undefined ? shown : { ...shown, authorization },
    );
    t.match(answer, { status: 401, json: { error: 'CallerError', code: 'NotAuthenticated', retryable: false } });
    t.match(
      answer.headers['www-authenticate'],
      authorization === undefined ? /^Bearer realm="keyfob"$/ : /invalid_token/,
    );
  }
  t.equal(
    await asks('/v1/secrets/db/creds', { ...shown, authorization: `bearer  ${OLD}` }),
    200,
    'the scheme is of any case',
  );
});

test('whoever does not send the header that is asked for is refused, with a token or by a socket', async (t) => {
  for (const http of [tcp, unix]) {
    const answer = await http.get('/v1/secrets/mail/token', { authorization: `Bearer ${OTHER}` });
    t.match(answer, { status: 401, headers: { 'www-authenticate': /Header name="x-keyfob"/ } });
  }
});

test('every route with secrets asks who it is; health and metrics do not', async (t) => {
  const shown = { 'x-keyfob': '1' };
  for (const path of [
    '/v1/secrets?prefix=',
    '/v1/metadata/db/creds',
    '/v1/versions/db/creds',
    '/v1/status',
    '/v1/watch?prefix=',
  ])
    t.equal(await asks(path, shown), 'NotAuthenticated', path);
  for (const [method, path] of [
    ['POST', '/v1/batch'],
    ['POST', '/v1/resolve'],
    ['POST', '/v1/rotate/a'],
    ['DELETE', '/v1/cache/a'],
    ['DELETE', '/v1/cache?prefix='],
  ] as const)
    t.equal(verdict(await tcp.send({ method, path, headers: shown })), 'NotAuthenticated', path);
  for (const path of ['/livez', '/readyz', '/startupz', '/metrics'])
    for (const http of [tcp, ops]) t.equal(await asks(path, {}, http), 200, path);
});

test('a policy is kept on every way to a secret', async (t) => {
  const rows: readonly [path: string, answer: unknown][] = [
    ['/v1/secrets/db/creds', 200],
    ['/v1/secrets/db%2Fcreds', 200],
    ['/v1/secrets/numbers', 200],
    ['/v1/secrets/db/replica', 'PolicyDenied'],
    ['/v1/secrets/db%2freplica', 'PolicyDenied'],
    ['/v1/secrets/%64b/replica', 'PolicyDenied'],
    ['/v1/secrets/db%252Freplica', 'PolicyDenied'],
    ['/v1/secrets/db/creds?provider=files', 'PolicyDenied'],
    ['/v1/secrets/mail/token', 'PolicyDenied'],
    ['/v1/secrets/no/such', 'PolicyDenied'],
    ['/v1/secrets/db/none', 'SecretDoesNotExist'],
    ['/v1/secrets/db/../mail/token', 'InvalidPath'],
    ['/v1/metadata/db/replica', 'PolicyDenied'],
    ['/v1/versions/db/replica', 'PolicyDenied'],
    ['/v1/watch?path=db/replica', 'PolicyDenied'],
    ['/v1/watch?prefix=mail/', 'PolicyDenied'],
    ['/v1/secrets?prefix=mail/', 'PolicyDenied'],
  ];
  for (const [path, answer] of rows) t.equal(await asks(path), answer, path);
  const list = await tcp.get('/v1/secrets?prefix=', web);
  t.same(
    Object(list.json).secrets.map(({ path }: { path: string }) => path),
    ['db/creds', 'numbers'],
  );
  const send = async (path: string, body: unknown): Promise<Answer> =>
    tcp.send({
      method: 'POST',
      path,
      headers: { ...web, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const batch = await send('/v1/batch', {
    secrets: [{ path: 'db/creds' }, { path: 'db/replica' }, { path: 'no/such' }],
  });
  t.match(batch.json, { results: [{ secret: {} }, { problem: { status: 403 } }, { problem: { status: 403 } }] });
  t.equal(verdict(await send('/v1/resolve', { text: '{{secret:db/creds#username}}' })), 200);
  t.equal(verdict(await send('/v1/resolve', { text: '{{secret:db/creds}}{{secret:db/replica}}' })), 'PolicyDenied');
  for (const path of ['/v1/cache/db/creds', '/v1/cache?prefix=db/'])
    t.equal(verdict(await tcp.send({ method: 'DELETE', path, headers: web })), 'PolicyDenied');
});

test('a refusal is the same whether there is such a secret or not', async (t) => {
  const [there, missing] = await Promise.all(
    ['mail/token', 'mail/other'].map((path) => tcp.get(`/v1/secrets/${path}`, web)),
  );
  const same = ({ status, headers, json }: Answer): unknown => [
    status,
    Object.keys(headers),
    { ...Object(json), path: 0, requestId: 0 },
  ];
  t.same(same(there as Answer), same(missing as Answer));
});

test('whoever comes in by a socket of its own is that caller', async (t) => {
  t.equal(await asks('/v1/secrets/mail/token', { 'x-keyfob': '1' }, unix), 200);
  t.equal(await asks('/v1/secrets/db/creds', web, unix), 'PolicyDenied', 'a token changes nothing there');
  const lines = await until('both are audited', () => {
    const found = daemon.audit.filter(({ caller_identity: caller }) => caller === 'socket');
    return found.length === 2 ? found : undefined;
  });
  t.match(lines, [
    { secret_path: 'mail/token', source_ip: 'unix', success: true },
    { success: false, code: 'PolicyDenied' },
  ]);
});

test('every refusal is in the audit', async (t) => {
  await until(
    'they are written',
    () =>
      daemon.audit.some(({ caller_identity: caller, code }) => caller === 'anonymous' && code === 'NotAuthenticated') &&
      daemon.audit.some(({ caller_identity: caller, code }) => caller === 'web' && code === 'PolicyDenied'),
  );
  t.notMatch(daemon.stdout + daemon.stderr, new RegExp([OLD, NEW, OTHER].join('|')));
});

test('a token that is added counts within a second, one that is taken away counts no more, nor its watch', async (t) => {
  const watch = tcp.get('/v1/watch?path=db/creds', bearer(NEW));
  await until('it watches', () => daemon.audit.some(({ operation }) => operation === 'describe') || undefined);
  await writeFile(webTokens, `${OLD}\nyet-another-token-89\n`);
  await until(
    'the new one counts',
    async () => (await asks('/v1/secrets/db/creds', bearer('yet-another-token-89'))) === 200 || undefined,
  );
  t.equal(await asks('/v1/secrets/db/creds', bearer(NEW)), 'NotAuthenticated');
  t.equal(await asks('/v1/secrets/db/creds', web), 200);
  const ended = await watch;
  t.equal(ended.status, 200, 'the stream ends');
});
