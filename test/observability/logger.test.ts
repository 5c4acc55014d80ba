import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Test, test } from 'tap';
import { createLogger } from '../../src/observability/logger.ts';

const source = (name: string): string => JSON.stringify(new URL(`../../src/${name}`, import.meta.url).href);

/** Runs statements with a `log` at level `info`, and gives what it wrote to standard error, and to standard output. */
async function written(t: Test, statements: string) {
  const file = join(t.testdir({}), 'program.ts');
  await writeFile(
    file,
    `import { createLogger } from ${source('observability/logger.ts')};
     import { NetworkError } from ${source('core/errors/network-error.ts')};
     import { Redacted } from ${source('core/redacted.ts')};
     const log = createLogger({ level: 'info' });
     ${statements}`,
  );
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file]);
  const lines = stderr
    .trim()
    .split('\n')
    .filter((line) => line !== '');
  return { stdout, text: stderr, lines: lines.map((line): unknown => JSON.parse(line)) };
}

test('a line is JSON on standard error, with its level and an ISO time', async (t) => {
  const { stdout, lines } = await written(t, `log.info({ provider: 'vault' }, 'started'); log.error({}, 'bad');`);
  t.equal(stdout, '');
  t.match(lines, [
    { level: 'info', time: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/, provider: 'vault', msg: 'started' },
    { level: 'error', msg: 'bad' },
  ]);
  t.notMatch(lines, [{ pid: Number }]);
});

test('lines below the level are not written; the level can be changed', async (t) => {
  const { lines } = await written(
    t,
    `log.debug({}, 'one'); log.level = 'debug'; log.debug({}, 'two'); log.level = 'silent'; log.error({}, 'three');`,
  );
  t.match(lines, [{ msg: 'two' }]);
  t.equal(lines.length, 1);
});

test('of an error its chain of names, codes and messages is shown, and no other property', async (t) => {
  const { lines, text } = await written(
    t,
    `const request = Object.assign(new TypeError('socket'), { code: 'ECONNRESET', headers: { token: 'kf-hidden-1' } });
     const below = new Error('fetch failed', { cause: request });
     const error = new NetworkError('ConnectionFailed', 'no connection', { cause: below, path: 'kf-hidden-2' });
     Object.assign(error, { body: 'kf-hidden-3' });
     log.error({ err: error }, 'failed');
     log.error({ err: 'kf-hidden-4' }, 'thrown text');
     log.error({ err: { message: 'kf-hidden-5' } }, 'thrown object');`,
  );
  t.match(lines, [
    {
      err: 'NetworkError (ConnectionFailed): no connection; caused by Error: fetch failed; caused by TypeError (ECONNRESET): socket',
    },
    { err: 'string' },
    { err: 'object' },
  ]);
  t.notMatch(text, 'kf-hidden');
  t.notMatch(text, 'program.ts', 'no stack either');
});

test('a chain that never ends does', async (t) => {
  const { lines } = await written(t, `const e = new Error('x'); e.cause = e; log.error({ err: e }, 'loop');`);
  t.match(lines, [{ err: Array(5).fill('Error: x').join('; caused by ') }]);
});

test('what is redacted stays so', async (t) => {
  const { text } = await written(
    t,
    `log.info({ token: new Redacted('kf-hidden'), deep: { a: [new Redacted('kf-hidden')] } }, 'x');`,
  );
  t.match(text, '[redacted]');
  t.notMatch(text, 'kf-hidden');
});

test('the level is the one asked for', async (t) => {
  t.equal(createLogger({ level: 'warn' }).level, 'warn');
});
