import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { exportJWK, type JWK, SignJWT } from 'jose';
import tap, { type Test, test } from 'tap';
import { runBundle } from '../e2e/bundle.ts';
import { type Daemon, type Json, startDaemon } from '../e2e/daemon.ts';
import { findLeaks } from '../e2e/find-leaks.ts';
import { localConfig, secretsFile } from '../e2e/local-secrets.ts';
import { sendRaw } from '../e2e/raw.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';
import { askEverything } from './ask-everything.ts';
import { Canaries, canary, plainCanary } from './canaries.ts';
import { quotingAnswers } from './quoting-answers.ts';
import { Told } from './told.ts';

tap.setTimeout(240_000);

// Of those that tell when they have been reached; the others say less.
const LEVELS = ['info', 'debug', 'trace'];
const OPERATIONS = ['get', 'list', 'describe', 'resolve', 'rotate', 'invalidate'];

/** Secrets of which a caller may have one. */
async function setUp(t: Test) {
  const canaries = new Canaries();
  const [value, hidden] = [canary('value'), canary('hidden')].map((text) => canaries.add('a secret', text));
  const secrets = await secretsFile(t, `db/creds: ${JSON.stringify(value)}\nadmin/key: ${JSON.stringify(hidden)}\n`);
  const told = new Told(canaries, [value ?? '']);
  const folder = await temporaryDirectory(t);
  const file = (name: string): string => join(folder, name);
  const config = (access: Json, level = 'trace'): Json =>
    localConfig(secrets, { access, log: { level }, audit: { sink: file('audit') }, cache: { ttl: '100ms' } });
  return { canaries, told, file, config };
}

type World = Awaited<ReturnType<typeof setUp>>;

const web = {
  name: 'web',
  operations: OPERATIONS,
  allow: ['db/**', 'no/**'],
  deny: ['db/hidden'],
  providers: ['files'],
};

/** Everything, with what is shown in every place where a program may put it. */
async function showEverywhere(daemon: Daemon, { told }: World, shown: string): Promise<void> {
  const http = daemon.http();
  await askEverything(http, ['files'], { authorization: `Bearer ${shown}` });
  for (const headers of [
    { authorization: shown },
    { authorization: `Basic ${Buffer.from(`web:${shown}`).toString('base64')}` },
    { authorization: `Bearer ${shown} ${shown}` },
    { cookie: `token=${shown}`, 'x-vault-token': shown, 'x-request-id': `"${shown}`, traceparent: shown },
  ])
    for (const path of ['/v1/secrets/db/creds', '/v1/secrets/admin/key', '/livez', '/nothing'])
      await http.get(path, headers);
  await http.get(`/v1/secrets/db/creds?token=${encodeURIComponent(shown)}`, { authorization: `Bearer ${shown}` });
  told.witness(
    await sendRaw(
      daemon.address(),
      `GET /v1/status HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${shown}\r\n${shown}\r\n\r\n`,
    ),
  );
}

async function assertNothingLeft(t: Test, daemon: Daemon, { canaries, told, file }: World): Promise<void> {
  const places = {
    answers: told.text,
    'standard output': daemon.stdout,
    'standard error': daemon.stderr,
    audit: await readFile(file('audit'), 'utf8'),
  };
  for (const [where, text] of Object.entries(places)) {
    t.strictSame(findLeaks(text, canaries.all), [], where);
    t.notMatch(text, /\n\s+at \S+ \(/, `${where}: no stack`);
  }
  t.strictSame(told.mixedUp, []);
  t.equal(told.served.size, 1, 'who may read reads');
  t.ok(daemon.log.some(({ level }) => level === 'trace'));
  t.ok(places.audit.includes('"code":"NotAuthenticated"'));
}

test('tokens of callers are not seen again, at any level', async (t) => {
  const world = await setUp(t);
  const { canaries, told, file, config } = world;
  const token = (name: string): string => canaries.add(`the ${name} token`, plainCanary(name.replaceAll(' ', '')));
  const [old, next, wrong] = [token('old'), token('next'), token('wrong')];
  const other = token('other');
  await writeFile(file('web'), `${old}\n`);
  await writeFile(file('jobs'), `${other}\n`);
  const access = {
    mode: 'token',
    callers: [
      { ...web, token: { file: file('web') } },
      { ...web, name: 'jobs', token: { file: file('jobs') } },
    ],
  };
  const daemon = await startDaemon(t, { config: config(access), witness: told.witness });
  for (const level of LEVELS) {
    await daemon.reload(config(access, level)).catch(() => undefined);
    for (const shown of [old, wrong]) await showEverywhere(daemon, world, shown);
  }
  await daemon.reload(config(access));
  // Replaced by one with a line that is no token, and with one that is another caller's.
  const malformed = canaries.add('a line that is no token', `${plainCanary('malformed')} with a space`);
  await writeFile(file('web.new'), `${next}\n${malformed}\n${other}\n`);
  await rename(file('web.new'), file('web'));
  await showEverywhere(daemon, world, next);
  await daemon.logged("the callers 'web' and 'jobs' share a token");
  for (const shown of [old, other]) await showEverywhere(daemon, world, shown);
  const literal = token('literal');
  await daemon.reload(config({ ...access, callers: [{ ...web, token: `${literal}\nshort` }] }));
  await daemon.reload(config({ ...access, callers: [{ ...web, tokn: literal, token: { value: literal } }] }));
  const runs = [];
  const { host, port } = Object(daemon.address());
  for (const command of ['get', 'resolve', 'list'])
    for (const settings of [{ KEYFOB_TOKEN: wrong }, { KEYFOB_TOKEN_FILE: file('jobs') }])
      runs.push(await runBundle([command, 'admin/key'], { KEYFOB_ADDR: `http://${host}:${port}`, ...settings }));
  t.strictSame(findLeaks(JSON.stringify(runs), canaries.all), [], 'commands');
  t.equal((await daemon.stop()).code, 0);
  await assertNothingLeft(t, daemon, world);
});

test('web tokens, what they are checked with, and our own for its server are not seen again', async (t) => {
  const world = await setUp(t);
  const { canaries, told, file, config } = world;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const toSet = (key: JWK): string => JSON.stringify({ keys: [{ ...key, kid: 'k1', use: 'sig' }] });
  const [publicJwk, privateJwk] = [await exportJWK(publicKey), await exportJWK(privateKey)];
  canaries.add('the private key', privateJwk.d ?? '');
  const own = canaries.add('our own token', plainCanary('own'));
  await writeFile(file('own'), `${own}\n`);
  let answer = { status: 200, text: toSet(publicJwk), headers: {} };
  const server = createServer((_, response) => response.writeHead(answer.status, answer.headers).end(answer.text));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.teardown(() => server.close());
  const { port } = Object(server.address());
  const accessOf = (issuer: string): Json => ({
    mode: 'jwt',
    jwt: {
      issuer,
      audience: 'keyfob',
      jwksUri: `http://127.0.0.1:${port}/keys`,
      token: { file: file('own') },
    },
    callers: [{ ...web, subject: 'web' }],
  });
  const sign = async (claims: Json = {}, kid = 'k1'): Promise<string> => {
    const jti = canaries.add('the id of a token', plainCanary('jti'));
    const token = await new SignJWT({ iss: 'us', aud: 'keyfob', sub: 'web', exp: 4_000_000_000, jti, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid })
      .sign(privateKey);
    const [, payload = '', signature = ''] = token.split('.');
    for (const part of [payload, signature]) canaries.add('part of a web token', part);
    return token;
  };
  const subject = canaries.add('the subject of a stranger', plainCanary('subject'));
  const right = await sign();
  const all = [
    right,
    await sign({ exp: 1 }),
    await sign({ aud: 'x' }),
    await sign({ sub: subject }),
    await sign({}, 'k2'),
  ];
  const daemon = await startDaemon(t, { config: config(accessOf('us')), witness: told.witness });
  for (const level of LEVELS) {
    await daemon.reload(config(accessOf('us'), level)).catch(() => undefined);
    for (const shown of [right, ...all.slice(1, 3)]) await showEverywhere(daemon, world, shown);
  }
  await daemon.reload(config(accessOf('us')));
  for (const shown of all.slice(3)) await showEverywhere(daemon, world, shown);
  const words = canaries.all.map(({ value }) => String(value)).join(' ');
  // One of them is a set of keys that somebody has put the private part into.
  const answers = [...quotingAnswers(words.slice(0, 12_000)), { ...answer, text: toSet(privateJwk) }];
  for (const [index, quoting] of answers.entries()) {
    answer = quoting;
    // Another issuer has its keys read anew.
    await daemon.reload(config(accessOf(`issuer-${index}`)));
    await daemon.http().get('/v1/secrets/db/creds', { authorization: `Bearer ${right}` });
  }
  await writeFile(file('keys'), `{"keys":[{"kty":"EC","d":"${privateJwk.d}"`);
  const { jwt, ...rest } = accessOf('us');
  await daemon.reload(config({ ...rest, jwt: { issuer: 'us', audience: 'keyfob', jwksFile: file('keys') } }));
  t.equal(Object(jwt).audience, 'keyfob');
  t.equal((await daemon.stop()).code, 0);
  t.ok(told.codes.has('Overloaded'), 'without keys nobody is known');
  await assertNothingLeft(t, daemon, world);
});
