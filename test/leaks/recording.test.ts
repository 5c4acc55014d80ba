import { readFile } from 'node:fs/promises';
import tap, { type Test, test } from 'tap';
import { type Daemon, type Json, startDaemon } from '../e2e/daemon.ts';
import { findLeaks } from '../e2e/find-leaks.ts';
import { askEverything } from './ask-everything.ts';
import { plainCanary } from './canaries.ts';
import { startCanaryWorld } from './canary-world.ts';
import { quotingAnswers } from './quoting-answers.ts';
import { Told } from './told.ts';

tap.setTimeout(240_000);

const STORES = ['files', 'vault', 'vault-approle', 'aws', 'azure', 'gcp'];
const KEY = 'ad'.repeat(32);

async function setUp(t: Test) {
  const world = await startCanaryWorld(t);
  const { canaries, config, env, values } = world;
  canaries.add('the key of the cassette', KEY);
  const bearer = canaries.add('the token of a caller', plainCanary('caller'));
  const headers = { authorization: `Bearer ${bearer}` };
  const start = async (simulation: Json, told: Told): Promise<Daemon> => {
    const callers = [{ name: 'anonymous', operations: ['get', 'list', 'describe', 'resolve', 'simulate'] }];
    const { notifications: _, cache: _cache, ...rest } = config;
    return startDaemon(t, {
      config: {
        ...rest,
        cache: { ttl: '0ms' },
        access: { callers },
        simulation: { key: { env: 'CASSETTE' }, ...simulation },
      },
      env: { ...env, CASSETTE: KEY },
      witness: told.witness,
    });
  };
  /** A day with good answers, and bad ones that quote what they should not. */
  const day = async (daemon: Daemon): Promise<void> => {
    await askEverything(daemon.http(), STORES, headers);
    const words = canaries.all.map(({ value }) => String(value)).join(' ');
    for (const answer of quotingAnswers(words.slice(0, 12_000))) {
      world.answerWith(answer);
      for (const store of STORES) await daemon.http().get(`/v1/secrets/db/creds?fresh=true&provider=${store}`, headers);
    }
    world.answerWith(undefined);
    for (const path of ['log?limit=1000', 'faults']) await daemon.http().get(`/v1/simulation/${path}`, headers);
    t.equal((await daemon.stop()).code, 0);
    world.given();
  };
  const assertNothingIn = (places: Readonly<Record<string, string>>): void => {
    for (const [where, text] of Object.entries(places)) {
      t.ok(text.length > 20 || where === 'standard output', `${where}: ${text.length} bytes`);
      t.strictSame(findLeaks(text, canaries.all), [], where);
    }
  };
  const outOf = async (daemon: Daemon, told: Told): Promise<Readonly<Record<string, string>>> => ({
    answers: told.text,
    'standard output': daemon.stdout,
    'standard error': daemon.stderr,
    audit: await readFile(world.file('audit.log'), 'utf8'),
  });
  const told = (): Told => new Told(canaries, Object.values(values));
  const fileOf = (name: string): string => world.file(`${name}.cassette`);
  const cassette = (name: string): Promise<string> => readFile(fileOf(name), 'latin1');
  return { start, fileOf, day, told, outOf, cassette, assertNothingIn };
}

test('a recording with made-up values holds nothing secret, nor does what is replayed from it', async (t) => {
  const { start, fileOf, day, told, outOf, cassette, assertNothingIn } = await setUp(t);
  const recorded = told();
  const recorder = await start({ mode: 'record', values: 'fake', file: fileOf('fake') }, recorded);
  await day(recorder);
  t.ok(recorded.served.size >= 5, 'who reads through it gets the real ones');
  assertNothingIn({ ...(await outOf(recorder, recorded)), cassette: await cassette('fake') });
  const replayed = told();
  const player = await start({ mode: 'replay', file: fileOf('fake') }, replayed);
  await day(player);
  t.equal(replayed.served.size, 0, 'who reads the replay does not');
  assertNothingIn(await outOf(player, replayed));
});

test('a recording that keeps values is sealed, and its replay tells them to none but who asks', async (t) => {
  const { start, fileOf, day, told, outOf, cassette, assertNothingIn } = await setUp(t);
  const recorded = told();
  const recorder = await start({ mode: 'record', values: 'keep', file: fileOf('keep') }, recorded);
  await day(recorder);
  assertNothingIn({ ...(await outOf(recorder, recorded)), cassette: await cassette('keep') });
  const replayed = told();
  const player = await start({ mode: 'replay', file: fileOf('keep') }, replayed);
  await day(player);
  t.ok(replayed.served.size >= 5);
  t.strictSame([...recorded.mixedUp, ...replayed.mixedUp], []);
  assertNothingIn(await outOf(player, replayed));
});
