import type { Test } from 'tap';
import { runBundle } from '../e2e/bundle.ts';
import { type Daemon, type Json, startDaemon, writeConfig } from '../e2e/daemon.ts';
import type { Answer } from '../e2e/http.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';
import { until } from '../e2e/until.ts';
import { createApprole, writePolicy } from './approle.ts';
import { openBaoTest } from './backend-test.ts';
import { type OpenBao, type OpenBaoOptions, startOpenBao } from './openbao.ts';

const POLICY = `path "secret/data/app/*" { capabilities = ["read"] }
path "secret/metadata/*" { capabilities = ["read", "list"] }`;
const PATH = '/v1/secrets/app/db';

const password = ({ json }: Answer): unknown => Object(Object(json).data).password;
const code = ({ json }: Answer): unknown => Object(json).code;
const put = (bao: OpenBao, value: string, path = 'app/db'): Promise<unknown> =>
  bao.call(`secret/data/${path}`, { data: { password: value } });

/** A real server with a secret and a role that may read it. */
async function startStore(t: Test, options: OpenBaoOptions = {}): Promise<{ bao: OpenBao; auth: Json }> {
  const bao = await startOpenBao(options);
  t.teardown(() => bao.stop());
  await until('the engine takes secrets', () =>
    put(bao, 'first').then(
      () => true,
      () => undefined,
    ),
  );
  await writePolicy(bao, 'app', POLICY);
  return { bao, auth: await createApprole(bao, 'app', { policies: ['app'] }) };
}

const configFor = (bao: OpenBao, auth: Json, more: Json = {}): Json => ({
  providers: [{ name: 'bao', type: 'vault', address: bao.address, auth }],
  ...more,
});

const startWith = (t: Test, config: Json): Promise<Daemon> => startDaemon(t, { config });

await openBaoTest('what is put into the store appears at once with fresh, and otherwise after the ttl', async (t) => {
  const { bao, auth } = await startStore(t);
  const http = (await startWith(t, configFor(bao, auth, { cache: { ttl: '2s' } }))).http();
  t.equal(password(await http.get(PATH)), 'first');
  await put(bao, 'second');
  t.equal(password(await http.get(PATH)), 'first', 'the cached one answers');
  // A value that was read within the last second satisfies it.
  await until('fresh shows it', async () => password(await http.get(`${PATH}?fresh=true`)) === 'second' || undefined);
  t.match(await http.get(`${PATH}?stage=previous`), { json: { version: '1' } });
  t.match(await http.get(`${PATH}?version=1&key=password&format=raw`), { text: 'first' });
  await put(bao, 'third');
  await until('the ttl is over', async () => password(await http.get(PATH)) === 'third' || undefined);
  const { json } = await http.get('/v1/versions/app/db');
  t.match(json, { versions: [{ version: '3' }, { version: '2' }, { version: '1' }] });
});

await openBaoTest('what the store has not, has deleted or refuses', async (t) => {
  const { bao, auth } = await startStore(t);
  await put(bao, 'x', 'app/gone');
  await bao.call('secret/data/app/gone', undefined, 'DELETE');
  await put(bao, 'x', 'other/place');
  const http = (await startWith(t, configFor(bao, auth))).http();
  t.match(
    [(await http.get('/v1/secrets/app/none')).status, code(await http.get('/v1/secrets/app/none'))],
    [404, 'SecretDoesNotExist'],
  );
  const gone = await http.get('/v1/secrets/app/gone');
  t.match([gone.status, code(gone)], [404, 'VersionNotFound']);
  const refused = await http.get('/v1/secrets/other/place');
  t.match([refused.status, code(refused)], [403, 'AccessDenied']);
  t.match(await http.get('/v1/secrets?prefix=app/'), { json: { secrets: [{ path: 'app/db' }, { path: 'app/gone' }] } });
  t.match(await http.get('/v1/metadata/app/db'), { json: { path: 'app/db', provider: 'bao', currentVersion: '1' } });
});

await openBaoTest(
  'a sealed store: what was seen answers stale, what was not is 503, and all is well afterwards',
  async (t) => {
    const { bao, auth } = await startStore(t, { mode: 'sealable' });
    await put(bao, 'x', 'app/unseen');
    const config = configFor(bao, auth, {
      cache: { ttl: '100ms' },
      retry: { maxAttempts: 1 },
      circuitBreaker: { resetTimeout: '500ms' },
    });
    const daemon = await startWith(t, config);
    const http = daemon.http();
    t.equal(password(await http.get(PATH)), 'first');
    await bao.seal();
    const stale = await until('a stale value answers', async () => {
      const answer = await http.get(PATH);
      return String(answer.headers['cache-status']).includes('stale-if-error') ? answer : undefined;
    });
    t.match([stale.status, password(stale)], [200, 'first']);
    const unseen = await http.get('/v1/secrets/app/unseen');
    t.match([unseen.status, code(unseen)], [503, 'ProviderUnavailable']);
    t.equal((await http.get('/readyz')).status, 200, 'a store that is down does not make the daemon unready');
    await bao.unseal();
    await until(
      'the store answers again',
      async () => (await http.get('/v1/secrets/app/unseen')).status === 200 || undefined,
    );
    await put(bao, 'after');
    await until('new values come in', async () => password(await http.get(PATH)) === 'after' || undefined);
  },
);

await openBaoTest('check --connect tells which store accepts us', async (t) => {
  const { bao, auth } = await startStore(t);
  const file = `${await temporaryDirectory(t)}/keyfob.yaml`;
  await writeConfig(file, configFor(bao, auth));
  const good = await runBundle(['check', '--config', file, '--connect']);
  t.match(good, { code: 0, stdout: /^bao: ok; the store is unsealed and active .*; the login by 'approle' works; /m });
  await writeConfig(file, configFor(bao, { ...auth, secretId: 'wrong' }));
  t.match(await runBundle(['check', '--config', file, '--connect']), {
    code: 1,
    stdout: /^bao: .*\(InvalidCredentials\)$/m,
  });
});
