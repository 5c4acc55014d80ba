import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { runBundle } from './bundle.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { findLeaks, type Needle } from './find-leaks.ts';
import type { Answer, Http } from './http.ts';
import { secretsFile } from './local-secrets.ts';
import { sendRaw } from './raw.ts';
import { approle, talked, talkedEnv as env, talkativeVault, token, vaultProvider } from './talkative-vault.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { until } from './until.ts';

const LOCAL = 'L0cal "s3cret"/+\\ wört=&?';
const BROKEN = 'Br0ken-f1le-s3cret/+';
const BINARY = Buffer.from('00ffd8feedfacecafebeef7f80', 'hex');
const CALLER = 'Bearer-t0ken-0f-a-caller';
const { TOKEN, LITERAL } = talked;

const needles: readonly Needle[] = Object.entries({ ...talked, LOCAL, BROKEN, BINARY, CALLER }).map(
  ([name, value]) => ({
    name,
    value,
  }),
);

const SECRETS = `db/creds: ${JSON.stringify({ password: LOCAL })}
plain: ${JSON.stringify(LOCAL)}
binary: { base64: ${BINARY.toString('base64')} }
`;

/** Everything that came out of a daemon but the values that were asked for. */
class Haul {
  text = '';
  /** Values may be in answers that are none of refusals, and nowhere else. */
  readonly witness = ({ status, headers, text }: Answer): void => {
    this.text += `${JSON.stringify(headers)}\n`;
    if (status >= 400) this.text += `${text}\n`;
  };
}

const PATHS = ['db/creds', 'plain', 'binary', 'nothing', 'a//b', '%zz', 'x%00', 'p'.repeat(3000)];
const STORE_PATHS = [
  'good',
  'refused',
  'in/folder',
  'e400',
  'e403',
  'e500',
  'e503',
  'proxy',
  'broken',
  'strange',
  'throttled',
  'reset',
  'hang',
  'nothing',
];
const QUERIES = [
  '',
  '?fresh=true',
  '?format=raw',
  '?key=password',
  '?key=k',
  '?key=nope',
  '?key=/password/deep',
  '?version=9',
  '?stage=previous',
  '?vesion=1',
];

/** Every route, rightly and wrongly used. */
async function askEverything(http: Http): Promise<void> {
  const targets = PATHS.flatMap((path) => QUERIES.map((query) => `${path}${query}`));
  for (const store of ['vault', 'approle', 'wrong-token', 'wrong-approle', 'literal', 'nobody'])
    targets.push(...STORE_PATHS.map((path) => `${path}?provider=${store}`));
  const headers = { authorization: `Bearer ${CALLER}`, cookie: `session=${CALLER}` };
  await Promise.all(
    targets.flatMap((target) =>
      ['secrets', 'metadata', 'versions'].map((route) => http.get(`/v1/${route}/${target}`, headers)),
    ),
  );
  await http.get('/v1/secrets?prefix=', headers);
  await http.get('/v1/secrets?provider=vault', headers);
  await http.get('/v1/secrets/plain', { ...headers, host: 'evil.example' });
  await http.get('/v1/secrets/plain', { ...headers, via: 'x' });
  await http.post('/v1/batch', { secrets: PATHS.slice(3).map((path) => ({ path })) });
  await http.post('/v1/resolve', { text: '{{secret:plain}} {{secret:db/creds#nope}} {{secret:binary}} {{secret:}}' });
  await http.post('/v1/resolve', { text: '{{secret:plain}} {{secret:db/creds#nope}} {{secret:binary}}' });
  await http.post('/v1/resolve?explain=true', { document: ['{{secret:plain}}', '{{secret:other://x}}'] });
  for (const type of ['application/yaml', 'text/x-dotenv']) {
    for (const body of [
      'a: &x{{secret:plain}}',
      "A='{{secret:plain}}",
      '{{secret:binary}}',
      'A={{secret:db/creds#no}}\n{{',
    ])
      await http.send({ method: 'POST', path: '/v1/resolve', headers: { ...headers, 'content-type': type }, body });
  }
  await http.post('/v1/resolve', { txet: LOCAL });
  await http.send({
    method: 'POST',
    path: '/v1/resolve',
    headers: { 'content-type': 'application/json' },
    body: `{"text":"${LOCAL}`,
  });
  await http.send({ method: 'POST', path: '/v1/secrets/plain', body: LOCAL });
  await http.send({ method: 'DELETE', path: '/v1/cache/plain' });
}

/** What tells about the daemon, kept as a whole. */
async function lookAround(daemon: Daemon, haul: Haul): Promise<void> {
  for (const path of [
    '/metrics',
    '/v1/status',
    '/v1/secrets?prefix=',
    '/v1/metadata/db/creds',
    '/v1/versions/db/creds',
  ])
    haul.text += (await daemon.http().get(path)).text;
}

test('no value and no credential is seen outside of the answers that were asked for', async (t) => {
  const [vault, haul, secrets] = [await talkativeVault(t), new Haul(), await secretsFile(t, SECRETS)];
  const sink = join(await temporaryDirectory(t), 'audit.log');
  const local = { name: 'files', type: 'local', path: secrets };
  const config = {
    providers: [
      local,
      vaultProvider('vault', vault.address, token('TOKEN')),
      vaultProvider('approle', vault.address, approle('SECRET_ID')),
      vaultProvider('wrong-token', vault.address, token('WRONG_TOKEN')),
      vaultProvider('wrong-approle', vault.address, approle('WRONG_SECRET_ID')),
      vaultProvider('literal', vault.address, { method: 'token', token: LITERAL }),
      vaultProvider('nobody', 'http://127.0.0.1:1', token('TOKEN')),
    ],
    defaultProvider: 'files',
    cache: { ttl: '200ms' },
    retry: { maxAttempts: 1 },
    circuitBreaker: { failureThreshold: 1000 },
    audit: { sink },
    log: { level: 'trace' },
  };
  const daemon = await startDaemon(t, { config, env, witness: haul.witness });
  await askEverything(daemon.http());
  const malformed = `GET /v1/secrets/plain HTTP/1.1\r\nAuthorization: ${CALLER}\r\nbad header ${TOKEN}\r\n\r\n`;
  haul.witness(await sendRaw(daemon.address(), malformed));

  // On a machine that has much else to do, every question of the crowd may have come too late.
  await until('the store has answered', async () => {
    const { status } = await daemon.http().get('/v1/secrets/good?provider=vault');
    return status === 200 || undefined;
  });
  vault.fault = () => 'reset';
  await until('a stale value is served', async () => {
    const { headers } = await daemon.http().get('/v1/secrets/good?provider=vault');
    return headers['cache-status']?.includes('stale') === true || undefined;
  });
  await writeFile(`${secrets}~`, `${SECRETS}more: "${BROKEN}\n  x: [${BROKEN}`, { mode: 0o600 });
  await rename(`${secrets}~`, secrets);
  await until('the file is found broken', () => daemon.stderr.includes('is no valid YAML') || undefined);
  await lookAround(daemon, haul);
  await daemon.reload(`providers: [{ name: x, type: vault, auth: { method: token, token: "${LITERAL}`);
  await daemon.reload({
    ...config,
    providers: [local, vaultProvider('v', `http://user:${LITERAL}@host:1`, { tokn: LITERAL })],
  });
  await daemon.reload({ ...config, providers: [local], audit: { enabled: false } });
  vault.fault = () => undefined;
  t.equal((await daemon.stop()).code, 0);

  const audit = await readFile(sink, 'utf8');
  t.match([daemon.log.length > 300, audit.split('\n').length > 300, haul.text.length > 100_000], [true, true, true]);
  t.ok(
    daemon.log.some(({ level }) => level === 'trace'),
    'the log tells all it can',
  );
  for (const [where, text] of Object.entries({
    stdout: daemon.stdout,
    stderr: daemon.stderr,
    audit,
    answers: haul.text,
  })) {
    t.strictSame(findLeaks(text, needles), [], where);
    t.notMatch(text, new URL(vault.address).host, `${where}: no address of a store`);
    t.notMatch(text, /\n\s+at \S+ \(/, `${where}: no stack`);
  }
});

test('no command tells a credential', async (t) => {
  const vault = await talkativeVault(t);
  const file = join(await temporaryDirectory(t), 'keyfob.yaml');
  const providers = [
    vaultProvider('wrong-token', vault.address, token('WRONG_TOKEN')),
    vaultProvider('wrong-approle', vault.address, approle('WRONG_SECRET_ID')),
    vaultProvider('literal', vault.address, { method: 'token', token: LITERAL }),
  ];
  await writeFile(file, JSON.stringify({ providers, defaultProvider: 'literal' }));
  const broken = join(await temporaryDirectory(t), 'broken.yaml');
  await writeFile(broken, `${SECRETS}more: "${BROKEN}\n`);
  const runs = await Promise.all([
    runBundle(['check', '--config', file, '--connect'], env),
    runBundle(['check', '--local', broken, '--connect'], env),
    runBundle(['serve', '--local', broken, '--listen', '127.0.0.1:0'], env),
    runBundle(['get', 'a'], { KEYFOB_ADDR: `http://user:${LITERAL}@127.0.0.1:1` }),
    runBundle(['get', 'a'], { KEYFOB_ADDR: 'http://127.0.0.1:1', KEYFOB_TOKEN: CALLER }),
  ]);
  t.strictSame(
    runs.map(({ code }) => code),
    [1, 1, 2, 2, 1],
  );
  t.strictSame(findLeaks(JSON.stringify(runs), needles), []);
});
