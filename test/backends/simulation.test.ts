import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { type Daemon, type Json, startDaemon } from '../e2e/daemon.ts';
import { findLeaks, type Needle } from '../e2e/find-leaks.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';
import { until } from '../e2e/until.ts';
import { createApprole, writePolicy } from './approle.ts';
import { openBaoTest } from './backend-test.ts';
import { type OpenBao, startOpenBao } from './openbao.ts';

const POLICY = `path "secret/data/shop/app/*" { capabilities = ["read"] }
path "secret/metadata/*" { capabilities = ["read", "list"] }`;
const KEY = '5a'.repeat(32);
const PEM = `-----BEGIN PRIVATE KEY-----\n${'MC4CAQAwBQYDK2VwBCIEI'.repeat(9)}\n-----END PRIVATE KEY-----\n`;

/** Everything that is secret in the store, in the shapes that secrets have. */
const values = {
  first: 'Tr0ub4dor_3-first',
  second: 'Tr0ub4dor_3-sécond',
  url: 'postgres://shop:c0rrect%20h0rse@db.internal:5432/orders?sslkey=n0t-t0-be-seen',
  urlPassword: 'c0rrect h0rse',
  urlParameter: 'n0t-t0-be-seen',
  pem: PEM,
  token: 'hvs.CAESIJ0xyz_0123456789-abcdefghij',
  pin: '4711230815',
  nested: 'deep-secret-Value-77',
};
const needles: readonly Needle[] = Object.entries(values).map(([name, value]) => ({ name, value }));

const put = (bao: OpenBao, path: string, data: Json): Promise<unknown> =>
  bao.call(`secret/data/shop/${path}`, { data });

/** A reader's day: what changes in the store between two parts of it is done by `turn`. */
async function spend(daemon: Daemon, turn: (part: number) => Promise<void>): Promise<readonly string[]> {
  const answers: string[] = [];
  const ask = async (path: string): Promise<Json> => {
    const { status, text, json } = await daemon.http().get(path, { 'x-request-id': `request-${answers.length}` });
    answers.push(withoutCursor(`${path} -> ${status} ${text}`));
    return Object(json);
  };
  for (const part of [1, 2, 3, 4]) {
    await turn(part);
    for (const name of ['db', 'url', 'tls', 'mixed', 'none', 'copy']) await ask(`/v1/secrets/app/${name}?fresh=true`);
    await ask('/v1/secrets/app/db?stage=previous&fresh=true');
    await ask('/v1/secrets/app/mixed?key=nested&format=raw&fresh=true');
    await ask('/v1/secrets/other/refused?fresh=true');
    const { nextCursor } = await ask('/v1/secrets?prefix=app/&limit=3');
    if (typeof nextCursor === 'string') await ask(`/v1/secrets?prefix=app/&limit=3&cursor=${nextCursor}`);
    await ask('/v1/metadata/app/db');
    await ask('/v1/versions/app/db');
  }
  return answers;
}

/** Each daemon seals its cursors anew. */
const withoutCursor = (line: string): string =>
  line.replace(/&cursor=\S+/, '&cursor=…').replace(/"nextCursor":"[^"]+"/, '"nextCursor":"…"');

interface Store {
  readonly bao: OpenBao;
  readonly config: (simulation: Json) => Json;
}

async function startStore(t: Test): Promise<Store> {
  const bao = await startOpenBao({ mode: 'sealable' });
  t.teardown(() => bao.stop());
  await until('the engine takes secrets', () =>
    put(bao, 'app/db', { user: 'app', password: values.first }).then(
      () => true,
      () => undefined,
    ),
  );
  await put(bao, 'app/url', { url: values.url });
  await put(bao, 'app/tls', { key: values.pem });
  await put(bao, 'app/mixed', { token: values.token, pin: Number(values.pin), nested: { list: [values.nested] } });
  await put(bao, 'app/copy', { password: values.first });
  await put(bao, 'other/refused', { password: values.second });
  await writePolicy(bao, 'app', POLICY);
  const auth = await createApprole(bao, 'app', { policies: ['app'] });
  return {
    bao,
    config: (simulation) => ({
      providers: [{ name: 'bao', type: 'vault', address: bao.address, auth }],
      environment: 'shop',
      // Every read asks: a replay is quicker than the day was, and what is kept for a while would still be there.
      cache: { ttl: '0ms', gracePeriod: '0ms' },
      retry: { maxAttempts: 1 },
      circuitBreaker: { failureThreshold: 1_000 },
      simulation,
    }),
  };
}

/** New versions, a deletion, a sealed store, and an open one. */
async function change(bao: OpenBao, part: number): Promise<void> {
  if (part === 2) {
    await put(bao, 'app/db', { user: 'app', password: values.second });
    await bao.call('secret/data/shop/app/copy', undefined, 'DELETE');
  }
  if (part === 3) await bao.seal();
  if (part === 4) {
    await bao.unseal();
    await until('the engine answers', () =>
      bao.call('secret/data/shop/app/db').then(
        () => true,
        () => undefined,
      ),
    );
  }
}

const still = (): Promise<void> => Promise.resolve();
/** Without what is or holds a value. */
const outline = (lines: readonly string[]): readonly string[] =>
  lines.map((line) =>
    line.replace(/"(?:value|data)":.*?(?=,"encoding"|$)/g, '').replace(/^(\S*format=raw\S* -> 200).*/s, '$1'),
  );

await openBaoTest(
  'a recorded day replays bit for bit, twice, without the store, and holds no real value',
  async (t) => {
    const { bao, config } = await startStore(t);
    const file = join(await temporaryDirectory(t), 'day.cassette');
    const recorder = await startDaemon(t, { config: config({ mode: 'record', file }) });
    const lived = await spend(recorder, (part) => change(bao, part));
    await recorder.stop();
    t.ok(
      lived.some((line) => line.includes(values.first)) &&
        lived.some((line) => line.includes('RateLimited') || line.includes(' 503 ')),
    );
    const cassette = await readFile(file, 'utf8');
    t.same(findLeaks(cassette, needles), [], 'no real value is in the cassette');
    // Offline: whatever asks the store now gets nothing.
    await bao.stop();
    const replays: (readonly string[])[] = [];
    for (const _ of [1, 2]) {
      const replay = { match: 'order', strict: true };
      const player = await startDaemon(t, { config: config({ mode: 'replay', file, replay }) });
      replays.push(await spend(player, still));
      t.match(await player.stop(), { code: 0 }, player.stderr);
      t.same(findLeaks(player.stderr + player.stdout, needles), []);
    }
    t.strictSame(replays[1], replays[0], 'twice the same, byte for byte');
    t.strictSame(outline(replays[0] ?? []), outline(lived), 'all but the values as it was');
    t.same(findLeaks((replays[0] ?? []).join('\n'), needles), [], 'and no real value is served');
    const passwords = (replays[0] ?? []).flatMap(
      (line) => /\/app\/(db|copy)\?fresh.*"password":"([^"]*)"/.exec(line)?.[2] ?? [],
    );
    t.equal(passwords[0], passwords[1], 'equal values are equal');
    t.comment(`${lived.length} answers, ${cassette.split('\n').length - 1} lines, ${cassette.length} bytes`);
  },
  120_000,
);

await openBaoTest(
  'with the values kept it is the day itself, byte for byte, and the cassette is sealed',
  async (t) => {
    const { bao, config } = await startStore(t);
    const file = join(await temporaryDirectory(t), 'day.cassette');
    const recorder = await startDaemon(t, { config: config({ mode: 'record', file, values: 'keep', key: KEY }) });
    const lived = await spend(recorder, (part) => change(bao, part));
    await recorder.stop();
    t.same(findLeaks(await readFile(file, 'utf8'), needles), []);
    await bao.stop();
    for (const _ of [1, 2]) {
      const player = await startDaemon(t, {
        config: config({ mode: 'replay', file, key: KEY, replay: { match: 'order', strict: true } }),
      });
      t.strictSame(await spend(player, still), lived);
      t.match(await player.stop(), { code: 0 }, player.stderr);
    }
  },
  120_000,
);
