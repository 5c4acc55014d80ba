import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { exportJWK, SignJWT } from 'jose';
import t, { test } from 'tap';
import { startDaemon } from './daemon.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { shopSecrets } from './shop-secrets.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { until } from './until.ts';

const directory = await temporaryDirectory(t);
const [first, second] = [
  generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  generateKeyPairSync('ec', { namedCurve: 'P-256' }),
];
const keySet = async (...keys: readonly (readonly [string, KeyObject])[]): Promise<string> =>
  JSON.stringify({ keys: await Promise.all(keys.map(async ([kid, key]) => ({ ...(await exportJWK(key)), kid }))) });
const sign = (subject: string, { kid = 'k1', key = first.privateKey, seconds = 600 } = {}): Promise<string> =>
  new SignJWT({})
    .setProtectedHeader({ alg: 'ES256', kid })
    .setIssuer('https://kubernetes.default.svc')
    .setAudience('keyfob')
    .setSubject(subject)
    .setExpirationTime(Math.floor(Date.now() / 1_000) + seconds)
    .sign(key);
const WEB = 'system:serviceaccount:shop:web';
const callers = [
  {
    name: 'web',
    subject: WEB,
    operations: ['get', 'describe'],
    allow: ['db/*'],
    rateLimit: { perSecond: 0.01, burst: 20 },
  },
];
const jwt = { issuer: 'https://kubernetes.default.svc', audience: 'keyfob' };
const secrets = await secretsFile(t, shopSecrets);
const bearer = async (token: Promise<string>) => ({ authorization: `Bearer ${await token}` });

test('keys of a server, asked with our own token', async (t) => {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization);
    void keySet(['k1', first.publicKey]).then((text) => response.end(text));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  await writeFile(join(directory, 'own-token'), 'our-own-token\n');
  const access = {
    mode: 'jwt',
    jwt: { ...jwt, jwksUri: `http://127.0.0.1:${port}/openid/v1/jwks`, token: { file: join(directory, 'own-token') } },
    callers,
  };
  const daemon = await startDaemon(t, { config: localConfig(secrets, { access }) });
  const http = daemon.http();
  t.equal((await http.get('/v1/secrets/db/creds', await bearer(sign(WEB)))).status, 200);
  t.match(await http.get('/v1/secrets/mail/token', await bearer(sign(WEB))), {
    status: 403,
    json: { code: 'PolicyDenied' },
  });
  const refused = await http.get('/v1/secrets/db/creds', await bearer(sign('system:serviceaccount:shop:else')));
  t.match(refused, {
    status: 401,
    headers: { 'www-authenticate': /invalid_token/ },
    json: { code: 'NotAuthenticated' },
  });
  t.match(await http.get('/v1/secrets/db/creds'), {
    status: 401,
    headers: { 'www-authenticate': 'Bearer realm="keyfob"' },
  });
  t.same(asked, ['Bearer our-own-token']);
  await until('it is audited', () => daemon.audit.length > 0 || undefined);
  t.match(daemon.audit, [{ caller_identity: 'web', success: true }]);
  t.notMatch(daemon.stdout + daemon.stderr, /eyJ|our-own-token/);
});

test('keys of a file that is replaced; a token that ends ends its watch and its long poll', async (t) => {
  const file = join(directory, 'jwks.json');
  await writeFile(file, await keySet(['k1', first.publicKey]));
  const daemon = await startDaemon(t, {
    config: localConfig(secrets, { access: { mode: 'jwt', jwt: { ...jwt, jwksFile: file }, callers } }),
  });
  const http = daemon.http();
  const short = await bearer(sign(WEB, { seconds: 3 }));
  const { headers } = await http.get('/v1/secrets/db/creds', short);
  const watch = http.get('/v1/watch?path=db/creds', short);
  const poll = http.get('/v1/secrets/db/creds?wait=60s', { ...short, 'if-none-match': String(headers.etag) });
  t.match(await poll, { status: 401, json: { code: 'NotAuthenticated' } });
  t.equal((await watch).status, 200, 'the stream has ended');
  const next = await bearer(sign(WEB, { kid: 'k2', key: second.privateKey }));
  t.equal((await http.get('/v1/secrets/db/creds', next)).status, 401);
  await writeFile(file, await keySet(['k2', second.publicKey]));
  await until(
    'the new key counts',
    async () => (await http.get('/v1/secrets/db/creds', next)).status === 200 || undefined,
  );
  t.equal((await http.get('/v1/secrets/db/creds', await bearer(sign(WEB)))).status, 401, 'the old one counts no more');
});

test('a caller who asks too often is told when to come back; the others are served', async (t) => {
  const file = join(directory, 'jwks2.json');
  await writeFile(file, await keySet(['k1', first.publicKey]));
  const two = [...callers, { ...callers[0], name: 'jobs', subject: 'jobs' }];
  const daemon = await startDaemon(t, {
    config: localConfig(secrets, { access: { mode: 'jwt', jwt: { ...jwt, jwksFile: file }, callers: two } }),
  });
  const http = daemon.http();
  const [web, jobs] = [await bearer(sign(WEB)), await bearer(sign('jobs'))];
  const body = JSON.stringify({ secrets: Array.from({ length: 18 }, () => ({ path: 'db/creds' })) });
  const batch = await http.send({
    method: 'POST',
    path: '/v1/batch',
    headers: { ...web, 'content-type': 'application/json' },
    body,
  });
  t.equal(batch.status, 200, 'which counts for eighteen');
  t.equal((await http.get('/v1/secrets/db/creds', web)).status, 200);
  t.equal((await http.get('/v1/status', web)).status, 200);
  for (const path of ['/v1/secrets/db/creds', '/v1/secrets/other', '/v1/status', '/v1/secrets?prefix=']) {
    const answer = await http.get(path, web);
    t.match(answer, { status: 429, json: { error: 'CallerError', code: 'CallerRateLimited', retryable: true } });
    t.match(Number(answer.headers['retry-after']), 100);
  }
  t.equal((await http.get('/v1/secrets/db/creds', jobs)).status, 200);
  t.equal((await http.get('/livez', web)).status, 200);
  t.match(
    (await http.get('/metrics')).text,
    /secrets_caller_refusals_total\{caller="web",code="CallerRateLimited"\} 3/,
  );
  t.ok(await until('it is audited', () => daemon.audit.find(({ code }) => code === 'CallerRateLimited')));
});

test('a token that is wrong does no harm where none is asked for', async (t) => {
  const file = join(directory, 'jwks3.json');
  await writeFile(file, await keySet(['k1', first.publicKey]));
  const daemon = await startDaemon(t, {
    config: localConfig(secrets, { access: { mode: 'jwt', jwt: { ...jwt, jwksFile: file }, callers } }),
  });
  const http = daemon.http();
  const strangers = ['none', 'a.b.c', await sign(WEB, { key: second.privateKey }), await sign(WEB, { seconds: -60 })];
  for (const token of strangers) {
    const headers = { authorization: `Bearer ${token}` };
    for (const path of ['/livez', '/readyz', '/metrics']) t.equal((await http.get(path, headers)).status, 200, path);
    t.equal((await http.get('/nothing', headers)).status, 404);
    t.equal((await http.send({ method: 'PUT', path: '/v1/secrets/db/creds', headers })).status, 405);
  }
  t.equal((await http.get('/v1/secrets/db/creds', await bearer(sign(WEB)))).status, 200, 'it still serves');
});
