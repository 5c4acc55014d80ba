import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Test, test } from 'tap';
import { openLineSink } from '../../src/observability/line-sink.ts';

const fail = (error: Error): never => {
  throw error;
};

test('what was written is in the file, in order, when the sink is closed', async (t) => {
  const target = join(t.testdir({}), 'audit.log');
  const sink = await openLineSink({ target, onError: fail });
  const lines = Array.from({ length: 5_000 }, (_, index) => `line ${index}\n`);
  for (const line of lines) sink.write(line);
  await sink.close();
  t.equal(await readFile(target, 'utf8'), lines.join(''));
});

test('long lines and short ones, of any characters, keep their order', async (t) => {
  const target = join(t.testdir({}), 'audit.log');
  const sink = await openLineSink({ target, onError: fail });
  const lines = [1, 5_460, 5_461, 5_462, 16_384, 40_000, 2, 16_000, 400].map(
    (length) => `${'\u20ac'.repeat(length)}\n`,
  );
  for (const line of lines) sink.write(line);
  await sink.close();
  t.equal(await readFile(target, 'utf8'), lines.join(''));
});

test('a file is appended to, and a new one is for its owner alone', async (t) => {
  const root = t.testdir({ old: 'before\n' });
  for (const name of ['old', 'new']) {
    const sink = await openLineSink({ target: join(root, name), onError: fail });
    sink.write('after\n');
    await sink.close();
  }
  t.equal(await readFile(join(root, 'old'), 'utf8'), 'before\nafter\n');
  t.equal((await stat(join(root, 'new'))).mode & 0o777, 0o600);
});

test('a sink that nothing was written to closes, too', async (t) => {
  const target = join(t.testdir({}), 'audit.log');
  await (await openLineSink({ target, onError: fail })).close();
  t.equal(await readFile(target, 'utf8'), '');
});

test('a file that cannot be opened is told by the opening alone, and leaves nothing behind', async (t) => {
  const { stdout, stderr } = await run(
    t,
    `const onError = (error) => console.log('onError', error.code);
     await openLineSink({ target: 'missing/audit.log', onError }).catch((error) => console.log(error.code));`,
  );
  t.equal(stdout, 'ENOENT\n');
  t.equal(stderr, '', 'its flush at exit does not throw');
});

const noFull = existsSync('/dev/full') ? false : 'this system has no /dev/full';

test('a full disk is told once, and neither the close nor the exit hangs', { skip: noFull }, async (t) => {
  const open = `const onError = (error) => console.log(error.code);
     const sink = await openLineSink({ target: '/dev/full', onError });`;
  const closing = await run(t, `${open} sink.write('x\\n'); await sink.close(); console.log('closed');`);
  t.equal(closing.stdout, 'ENOSPC\nclosed\n');
  const crashing = await run(
    t,
    `process.on('exit', () => console.log('exit'));
     const sink = await openLineSink({ target: '/dev/full', onError: () => setImmediate(() => process.exit()) });
     sink.write('x\\n'.repeat(20_000));`,
  );
  t.equal(crashing.stdout, 'exit\n');
});

test('standard output is flushed at the end', async (t) => {
  const { stdout } = await run(
    t,
    `const sink = await openLineSink({ target: 'stdout', onError: (error) => { throw error; } });
     sink.write('one\\n');
     sink.write('two\\n');
     await sink.close();`,
  );
  t.equal(stdout, 'one\ntwo\n');
});

test('a reader that has stalled does not hold the close and the exit back', async (t) => {
  const { file, cwd } = await program(
    t,
    `const sink = await openLineSink({ target: 'stdout', onError: (error) => console.error(error.code) });
     for (let i = 0; i < 100; i++) sink.write('x'.repeat(9_999) + '\\n');
     await sink.close();
     console.error('closed');`,
  );
  // A pipe of the shell, as in `keyfob | reader`: nobody reads it, and it stays open.
  const shell = spawn('/bin/sh', ['-c', `{ "${process.execPath}" ${file}; echo "exit $?" >&2; } | sleep 60`], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  t.teardown(() => shell.pid !== undefined && process.kill(-shell.pid, 'SIGKILL'));
  let told = '';
  for await (const text of shell.stderr.setEncoding('utf8')) {
    told += text;
    if (told.includes('exit')) break;
  }
  t.equal(told, 'EAGAIN\nclosed\nexit 0\n');
});

/** Runs statements in a process of their own. */
async function run(t: Test, statements: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const { file, cwd } = await program(t, statements);
  return promisify(execFile)(process.execPath, [file], { cwd, timeout: 20_000, killSignal: 'SIGKILL' });
}

async function program(t: Test, statements: string): Promise<{ readonly file: string; readonly cwd: string }> {
  const cwd = t.testdir({});
  const module = new URL('../../src/observability/line-sink.ts', import.meta.url).href;
  await writeFile(join(cwd, 'program.ts'), `import { openLineSink } from ${JSON.stringify(module)};\n${statements}`);
  return { file: 'program.ts', cwd };
}
