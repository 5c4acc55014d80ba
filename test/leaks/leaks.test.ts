import { readFile, rename, writeFile } from 'node:fs/promises';
import { test } from 'tap';
import { runBundle } from '../e2e/bundle.ts';
import { startDaemon } from '../e2e/daemon.ts';
import { watch } from '../e2e/event-source.ts';
import { findLeaks } from '../e2e/find-leaks.ts';
import { sendRaw } from '../e2e/raw.ts';
import { until } from '../e2e/until.ts';
import { askEverything } from './ask-everything.ts';
import { plainCanary } from './canaries.ts';
import { startCanaryWorld } from './canary-world.ts';
import { quotingAnswers } from './quoting-answers.ts';
import { Told } from './told.ts';

const LEVELS = ['silent', 'error', 'warn', 'info', 'debug', 'trace'];

test(
  'nothing that is secret leaves the process but as the answer to who asked for it',
  { timeout: 240_000 },
  async (t) => {
    const world = await startCanaryWorld(t);
    const { canaries, config, env, values } = world;
    const bearer = canaries.add('the token of a caller', plainCanary('caller'));
    const headers = { authorization: `Bearer ${bearer}`, cookie: `session=${bearer}`, 'x-request-id': `"${bearer}` };
    const answers = new Told(canaries, Object.values(values));
    const { witness } = answers;
    const daemon = await startDaemon(t, { config, env, witness });
    const right = ['files', 'vault', 'vault-approle', 'aws', 'azure', 'gcp'];
    const stores = world.providers.map(({ name }) => String(name));
    const events = await watch(t, daemon.address(), { path: '/v1/watch?prefix=' });

    await askEverything(daemon.http(), stores, headers);
    for (const answer of quotingAnswers(
      canaries.all
        .map(({ value }) => String(value))
        .join(' ')
        .slice(0, 12_000),
    )) {
      world.answerWith(answer);
      await Promise.all(
        right.flatMap((store) =>
          [
            '/v1/secrets/db/creds?fresh=true&',
            '/v1/secrets/db/creds?',
            '/v1/metadata/no/such?',
            '/v1/secrets?prefix=x&',
            '/v1/versions/db/creds?',
          ].map((path) => daemon.http().get(`${path}provider=${store}`, headers)),
        ),
      );
    }
    await askEverything(daemon.http(), stores, headers);
    world.answerWith(undefined);
    for (const level of LEVELS) {
      await daemon.reload({ ...config, log: { level } }).catch(() => undefined);
      await askEverything(daemon.http(), ['files', 'aws'], headers);
    }
    const malformed = `GET /v1/secrets/db/creds HTTP/1.1\r\nAuthorization: ${bearer}\r\nbad ${bearer}\r\n\r\n`;
    witness(await sendRaw(daemon.address(), malformed));

    // A rotation, which webhooks and watches tell of; a file that is broken; configurations that are wrong.
    const [next, broken] = [canaries.add('the next secret of files', plainCanary('next')), plainCanary('broken')];
    canaries.add('what a broken file holds', broken);
    const replace = async (text: string): Promise<void> => {
      await writeFile(world.file('next.yaml'), text, { mode: 0o600 });
      await rename(world.file('next.yaml'), world.file('secrets.yaml'));
    };
    await daemon.http().get('/v1/secrets/db/creds');
    await replace(`db/creds: ${next}\n`);
    await until('the rotation is told', () => world.receiver.deliveries.length > 0 || undefined);
    await replace(`db/creds: "${broken}\n  x: [${broken}`);
    await until('the file is found broken', () => daemon.stderr.includes('is no valid YAML') || undefined);
    const literal = canaries.add('a credential in a wrong configuration', plainCanary('literal'));
    await daemon.reload(`providers: [{ name: x, type: vault, auth: { method: token, token: "${literal}`);
    await daemon.reload({
      ...config,
      providers: [{ name: 'v', type: 'vault', address: `http://u:${literal}@h:1`, auth: { tokn: literal } }],
    });
    await daemon.reload({ ...config, audit: { sink: world.file('audit.log'), key: literal } });
    t.equal((await daemon.stop()).code, 0);

    // The program's own commands.
    const file = world.file('keyfob.json');
    await writeFile(file, JSON.stringify(config));
    const runs = [];
    for (const args of [
      ['check', '--config', file, '--connect'],
      ['check', '--local', world.file('secrets.yaml')],
      ['audit', 'verify', '--config', file, world.file('audit.log')],
      ['get', 'db/creds'],
      ['list'],
      ['health'],
    ]) {
      const token = { KEYFOB_ADDR: `http://u:${literal}@127.0.0.1:1`, KEYFOB_TOKEN: bearer };
      runs.push(await runBundle(args, { ...env, ...token }));
      runs.push(await runBundle(args, { ...env, KEYFOB_ADDR: 'http://127.0.0.1:1', KEYFOB_TOKEN: bearer }));
    }

    world.given();
    const places: Readonly<Record<string, string>> = {
      answers: answers.text,
      'standard output': daemon.stdout,
      'standard error': daemon.stderr,
      audit: await readFile(world.file('audit.log'), 'utf8'),
      'the cache on disk': await readFile(world.file('cache.bin'), 'latin1'),
      'the cache on disk, as text': await readFile(world.file('cache.bin'), 'utf8'),
      webhooks: JSON.stringify(world.receiver.deliveries),
      watches: events.text,
      spans: world.otlp.posts.map(({ body }) => body.toString()).join('\n'),
      'spans, byte for byte': world.otlp.posts.map(({ body }) => body.toString('latin1')).join('\n'),
      commands: JSON.stringify(runs),
    };
    for (const [where, text] of Object.entries(places)) {
      t.ok(text.length > 20 || where === 'standard output', `${where}: ${text.length} bytes`);
      t.strictSame(findLeaks(text, canaries.all), [], where);
      t.notMatch(text, /\n\s+at \S+ \(/, `${where}: no stack`);
    }
    // The collector has its key, and in no other place than where it belongs.
    const sent = world.otlp.posts.map(({ headers: { authorization, ...rest } }) => ({ authorization, rest }));
    t.ok(sent.every(({ authorization }) => authorization === world.collectorKey));
    t.strictSame(findLeaks(JSON.stringify(sent.map(({ rest }) => rest)), canaries.all), []);
    t.ok(world.otlp.spans.length > 100, `${world.otlp.spans.length} spans`);
    t.strictSame(world.otlp.faults, []);
    t.strictSame(answers.mixedUp, [], 'a value goes to who asked for it');
    t.ok(canaries.all.length > 30, `${canaries.all.length} canaries`);
    t.ok(daemon.log.length > 1_000, `${daemon.log.length} lines of log`);
    for (const [store, value] of Object.entries(values)) t.ok(answers.served.has(value), `${store} was read`);
    t.ok(answers.codes.size > 15, `codes of refusals: ${[...answers.codes].join(' ')}`);
    t.ok(daemon.log.some(({ level }) => level === 'trace'));
  },
);
