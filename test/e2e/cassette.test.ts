import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { type Daemon, type Json, startDaemon } from './daemon.ts';
import { findLeaks, type Needle } from './find-leaks.ts';
import type { Answer } from './http.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { vaultConfig, vaultEnv, vaultStore } from './vault-store.ts';

const KEY = 'ab'.repeat(32);
const PASSWORD = 'c4nary-Pa55word-of-the-day';
const needles: readonly Needle[] = [{ name: 'password', value: PASSWORD }];

interface Rig {
  readonly file: string;
  readonly start: (simulation: Json) => Promise<Daemon>;
}

/** A store with two secrets that have one password, and a folder for the cassette. */
async function rig(t: Test): Promise<Rig> {
  const vault = await vaultStore(t, {
    'app/db': `{"user":"app","password":"${PASSWORD}","port":5432}`,
    'app/copy': `{"password":"${PASSWORD}"}`,
  });
  const file = join(await temporaryDirectory(t), 'day.cassette');
  return {
    file,
    start: (simulation) => {
      const isReplay = simulation['mode'] === 'replay';
      // Nothing listens there: a replay that asks the store does not answer.
      const address = isReplay ? 'http://127.0.0.1:9' : vault.address;
      return startDaemon(t, {
        config: vaultConfig(address, { simulation: { file, ...simulation }, cache: { ttl: '0ms' } }),
        env: vaultEnv,
      });
    },
  };
}

const asked = [
  '/v1/secrets/app/db?fresh=true',
  '/v1/secrets/app/copy?fresh=true',
  '/v1/secrets/app/db?stage=previous&fresh=true',
  '/v1/secrets/app/none?fresh=true',
  '/v1/secrets?prefix=app/',
  '/v1/metadata/app/db',
  '/v1/versions/app/db',
];

/** Status and body of everything that is asked, the ids of the requests being the same each time. */
async function day(daemon: Daemon): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const [index, path] of asked.entries()) {
    const { status, text } = await daemon.http().get(path, { 'x-request-id': `day-${index}` });
    answers.push(`${status} ${text}`);
  }
  return answers;
}

const data = ({ json }: Answer): Json => Object(json).data;

test('a recording has the answers and none of the values', async (t) => {
  const { start, file } = await rig(t);
  const recorder = await start({ mode: 'record' });
  const recorded = await day(recorder);
  t.match(recorded[0], PASSWORD, 'whoever reads while it records gets the real value');
  await recorder.stop();
  const cassette = await readFile(file, 'utf8');
  t.ok(cassette.split('\n').length > asked.length);
  t.same(findLeaks(cassette, needles), []);
  t.same(findLeaks(recorder.stderr, needles), []);
  const replays = [];
  for (const _ of [1, 2]) {
    const player = await start({ mode: 'replay', replay: { match: 'order', strict: true } });
    replays.push(await day(player));
    t.match(await player.stop(), { code: 0 }, player.stderr);
  }
  t.same(replays[1], replays[0], 'each replay is the same');
  t.same(
    replays[0]?.map((line) => line.slice(0, 3)),
    recorded.map((line) => line.slice(0, 3)),
  );
  t.same(replays[0]?.slice(3), recorded.slice(3), 'what has no value is what it was');
});

test('equal values stay equal, and keep their shape', async (t) => {
  const { start } = await rig(t);
  const recorder = await start({ mode: 'record' });
  await day(recorder);
  await recorder.stop();
  const player = (await start({ mode: 'replay' })).http();
  const [db, copy] = [data(await player.get('/v1/secrets/app/db')), data(await player.get('/v1/secrets/app/copy'))];
  t.equal(db['password'], copy['password']);
  t.not(db['password'], PASSWORD);
  t.type(db['port'], 'number');
  const missing = await player.get('/v1/secrets/app/other');
  t.match(
    [missing.status, missing.json],
    [501, { code: 'NotRecorded', detail: /nobody asked 'vault' for 'app\/other'/ }],
  );
});

test('with the values kept a replay is the day itself, and the cassette is sealed', async (t) => {
  const { start, file } = await rig(t);
  const recorder = await start({ mode: 'record', values: 'keep', key: KEY });
  await recorder.logged("'simulation.values' is 'keep'");
  const recorded = await day(recorder);
  await recorder.stop();
  t.same(findLeaks(await readFile(file, 'utf8'), needles), []);
  t.notMatch(await readFile(file, 'utf8'), 'app/db', 'names are sealed, too');
  for (const latencies of ['none', 'recorded']) {
    const player = await start({ mode: 'replay', key: KEY, replay: { match: 'order', latencies } });
    t.same(await day(player), recorded, latencies);
    await player.stop();
  }
  for (const [key, sentence] of [
    [undefined, /is sealed: it needs 'simulation.key'/],
    ['cd'.repeat(32), /cannot be understood or has another key/],
  ] as const)
    await t.rejects(start({ mode: 'replay', ...(key !== undefined && { key }) }), { message: sentence });
});

test('a strict replay fails at its end when something was not asked for, and one in order at once', async (t) => {
  const { start } = await rig(t);
  const recorder = await start({ mode: 'record' });
  await day(recorder);
  await recorder.stop();
  await t.rejects(start({ mode: 'record' }), { message: /is there already; a recording needs a new file/ });
  const lenient = await start({ mode: 'replay' });
  t.match(await lenient.stop(), { code: 0 });
  const strict = await start({ mode: 'replay', replay: { strict: true } });
  await strict.http().get('/v1/secrets/app/db?fresh=true');
  t.match(await strict.stop(), { code: 1 });
  t.match(strict.stderr, /never asked for in this replay: 'vault' and 'get' of 'app\/copy'/);
  t.notMatch(strict.stderr, /never asked for in this replay: 'vault' and 'get' of 'app\/db'"/);
  const ordered = await start({ mode: 'replay', replay: { match: 'order' } });
  const { json } = await ordered.http().get('/v1/secrets/app/copy?fresh=true');
  t.match(json, { code: 'NotRecorded', detail: /goes on with 'vault' and 'get' of 'app\/db'/ });
});
