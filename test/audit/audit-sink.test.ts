import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, readFile, rename, stat, symlink, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Test, test } from 'tap';
import { FakeClock } from '../fakes/fake-clock.ts';
import { until } from '../e2e/until.ts';
import { auditLine, key, linesOf, openSink, otherKey, verify } from './audit-rig.ts';

const accesses = (text: string): string =>
  linesOf(text)
    .filter((line) => !line.startsWith('{"type":"chain",'))
    .map((line) => `${line}\n`)
    .join('');

const eventsOf = (text: string): readonly unknown[] =>
  linesOf(text)
    .filter((line) => line.startsWith('{"type":"chain",'))
    .map((line) => JSON.parse(line).event);

test('what was written is in the file, in order, when the sink is closed', async (t) => {
  const target = join(t.testdir({}), 'audit.log');
  const sink = openSink(target);
  const lines = Array.from({ length: 5_000 }, (_, index) => auditLine(index));
  for (const line of lines) sink.write([line]);
  await sink.close();
  const text = await readFile(target, 'utf8');
  t.equal(accesses(text), lines.join(''));
  t.match(verify([text]), { damages: [], notices: [], summaries: [{ lines: 5_000 }] });
});

test('long lines and short ones, of any characters, keep their order', async (t) => {
  const target = join(t.testdir({}), 'audit.log');
  const sink = openSink(target);
  const lines = [1, 21_845, 21_846, 65_536, 200_000, 2, 16_000, 400].map((length) =>
    auditLine('\u20ac'.repeat(length)),
  );
  for (const line of lines) sink.write([line]);
  await sink.close();
  const text = await readFile(target, 'utf8');
  t.equal(accesses(text), lines.join(''));
  t.same(verify([text]).damages, []);
});

test('the memory of what is written is used again, and holds nothing of before', async (t) => {
  const file = join(t.testdir({}), 'audit.log');
  const sink = openSink(file, { key });
  const blocks = Array.from({ length: 200 }, (_, block) => auditLine('x'.repeat(1_000 + 100 * (block % 7)) + block));
  const before = process.memoryUsage().arrayBuffers;
  for (const line of blocks) {
    sink.write([line]);
    sink.flushNow();
  }
  const grownBy = process.memoryUsage().arrayBuffers - before;
  t.ok(grownBy < 4 * 1_048_576, `${grownBy} bytes for ${blocks.length} blocks`);
  await sink.close();
  const content = await readFile(file, 'utf8');
  t.same(verify([content], [key]).damages, []);
  t.same(
    linesOf(content).filter((line) => line.includes('"audit"')),
    blocks.map((line) => line.trimEnd()),
  );
});

test('a line is there within a second, and sealed', async (t) => {
  const target = join(t.testdir({}), 'audit.log');
  const clock = new FakeClock();
  const sink = openSink(target, { clock });
  sink.write([auditLine(1)]);
  await clock.advance(1_000);
  await until('it is written', async () => (await readFile(target, 'utf8')).includes('app/1') || undefined);
  const text = await readFile(target, 'utf8');
  t.match(verify([text]), { damages: [], notices: [/no end/], summaries: [{ lines: 1, head: sink.head }] });
  await clock.advance(5_000);
  t.equal(await readFile(target, 'utf8'), text, 'nothing more when nothing happens');
  await sink.close();
});

test('a new file is for its owner alone', async (t) => {
  const target = join(t.testdir({}), 'audit.log');
  const sink = openSink(target);
  sink.configure({ key: undefined, isWriteThrough: false });
  await sink.close();
  t.equal((await stat(target)).mode & 0o777, 0o600);
  t.same(eventsOf(await readFile(target, 'utf8')), ['start', 'end']);
});

test('a daemon that does not come to serve leaves the file as it was', async (t) => {
  const target = join(t.testdir({}), 'audit.log');
  await writeFile(target, '{"type":"chain","torn');
  t.notOk(await openSink(target).close());
  t.equal(await readFile(target, 'utf8'), '{"type":"chain","torn');
});

test('a file that is there is continued', async (t) => {
  const target = join(t.testdir({}), 'audit.log');
  for (let start = 0; start < 3; start += 1) {
    const sink = openSink(target, { key });
    sink.write([auditLine(start)]);
    await sink.close();
  }
  const text = await readFile(target, 'utf8');
  t.same(eventsOf(text), ['start', 'block', 'end', 'start', 'block', 'end', 'start', 'block', 'end']);
  t.match(verify([text], [key]), {
    damages: [],
    notices: [],
    summaries: [{ lines: 3, blocks: 9, head: { block: 9 } }],
  });
});

test('what a daemon left that was killed is kept, told of, and sealed', async (t) => {
  for (const [what, tail] of Object.entries({
    'whole lines': auditLine('a') + auditLine('b'),
    'a torn line': `${auditLine('a')}{"type":"audit","secret`,
    'a torn record': `${auditLine('a')}{"type":"chain","timestamp":"2026`,
    'many lines': Array.from({ length: 3_000 }, (_, index) => auditLine(index)).join(''),
  })) {
    const target = join(t.testdir({}), 'audit.log');
    const first = openSink(target);
    first.write([auditLine(1)]);
    await first.close();
    await appendFile(target, tail);
    const second = openSink(target);
    second.write([auditLine(2)]);
    await second.close();
    const text = await readFile(target, 'utf8');
    t.match(verify([text]), { damages: [], notices: [/^lines? 5 .*found unsealed when the daemon started/] }, what);
    const kept = tail.replace(/\{"type":"chain".*/, '').replace(/[^\n]$/, '$&\n');
    t.equal(accesses(text), auditLine(1) + kept + auditLine(2), what);
    t.same(eventsOf(text), ['start', 'block', 'end', 'recovered', 'start', 'block', 'end'], what);
  }
});

test('a file from before there was a chain', async (t) => {
  const target = join(t.testdir({}), 'audit.log');
  const old = Array.from({ length: 12_000 }, (_, index) => auditLine(index)).join('');
  await writeFile(target, old);
  const sink = openSink(target);
  sink.configure({ key: undefined, isWriteThrough: false });
  await sink.close();
  const text = await readFile(target, 'utf8');
  t.ok(text.startsWith(old));
  t.match(verify([text]), {
    damages: [],
    notices: [/^lines 1 to 12000 are found unsealed/],
    summaries: [{ lines: 12_000 }],
  });
  t.same(verify([text.replace('app/77"', 'app/78"')]).damages, ['something in lines 1 to 12001 was changed']);
});

test('the chain goes on in a new file after a rotation', async (t) => {
  const folder = t.testdir({});
  const [target, old] = [join(folder, 'audit.log'), join(folder, 'audit.log.1')];
  const sink = openSink(target, { key });
  sink.write([auditLine('before')]);
  await rename(target, old);
  sink.write([auditLine('moved')]);
  sink.reopen();
  sink.write([auditLine('after')]);
  await sink.close();
  const [first, second] = [await readFile(old, 'utf8'), await readFile(target, 'utf8')];
  t.equal(accesses(first), auditLine('before') + auditLine('moved'));
  t.equal(accesses(second), auditLine('after'));
  t.same(
    [eventsOf(first), eventsOf(second)],
    [
      ['start', 'block'],
      ['continued', 'block', 'end'],
    ],
  );
  t.match(verify([first, second], [key]), { damages: [], notices: [] });
  t.match(verify([second], [key]), { damages: [], notices: [/^the chain begins before this file: block 2/] });
  const shortened = `${linesOf(first).slice(0, 1).join('\n')}\n`;
  t.match(
    verify([shortened, second], [key]).damages,
    [/^block 3 \(line 1\) does not follow block 1/],
    'a cut between files',
  );
  t.match(verify([second, first], [key]).notices, [/begins before this file/, /a new chain begins/, /no end/]);
});

test('a reload without a rotation changes nothing', async (t) => {
  const target = join(t.testdir({}), 'audit.log');
  const sink = openSink(target);
  sink.reopen();
  sink.configure({ key: undefined, isWriteThrough: false });
  await sink.close();
  t.same(eventsOf(await readFile(target, 'utf8')), ['start', 'end']);
});

test('a new file that cannot be opened: the old one is kept, and the failure is told', async (t) => {
  const folder = t.testdir({ sub: {} });
  const [target, moved] = [join(folder, 'sub', 'audit.log'), join(folder, 'moved')];
  const errors: string[] = [];
  const sink = openSink(target, { onError: (error) => errors.push(error.message) });
  await rename(join(folder, 'sub'), moved);
  sink.reopen();
  sink.write([auditLine(1)]);
  await sink.close();
  t.match(errors, [/ENOENT/]);
  t.match(verify([await readFile(join(moved, 'audit.log'))]), { damages: [], summaries: [{ lines: 1 }] });
});

test('a new key seals from there on', async (t) => {
  const target = join(t.testdir({}), 'audit.log');
  const sink = openSink(target, { key });
  sink.write([auditLine(1)]);
  sink.configure({ key: otherKey, isWriteThrough: false });
  sink.write([auditLine(2)]);
  await sink.close();
  const text = await readFile(target, 'utf8');
  t.same(eventsOf(text), ['start', 'block', 'rekeyed', 'block', 'end']);
  t.same(verify([text], [key, otherKey]).damages, []);
  t.not(verify([text], [key]).damages.length, 0);
});

test('a line that is written through is in the file when that returns', async (t) => {
  const target = join(t.testdir({}), 'audit.log');
  const sink = openSink(target, { key });
  sink.configure({ key, isWriteThrough: true });
  const read = async (): Promise<string> => accesses(await readFile(target, 'utf8'));
  for (let count = 0; count < 1_000; count += 1) {
    t.ok(sink.writeThrough([auditLine(count)]));
    if (count % 400 === 0) t.ok((await read()).endsWith(auditLine(count)));
  }
  sink.write([auditLine('as well')]);
  t.ok((await read()).endsWith(auditLine('as well')));
  await sink.close();
  const text = await readFile(target, 'utf8');
  t.equal(linesOf(accesses(text)).length, 1_001);
  t.match(verify([text], [key]), { damages: [], notices: [] });
});

test('the process may end without a close', async (t) => {
  const target = join(t.testdir({}), 'audit.log');
  const sink = openSink(target);
  sink.write([auditLine(1)]);
  sink.flushNow();
  t.match(verify([await readFile(target)]), { damages: [], notices: [/no end/], summaries: [{ lines: 1 }] });
  await sink.close();
});

const noFull = existsSync('/dev/full') ? false : 'this system has no /dev/full';

test('a full disk: told once, the lines wait, and go to another file', { skip: noFull }, async (t) => {
  const target = join(t.testdir({}), 'audit.log');
  await symlink('/dev/full', target);
  const clock = new FakeClock();
  const errors: unknown[] = [];
  const onError = (error: Error, isFirst: boolean): void => void (isFirst && errors.push(Object(error).code));
  const sink = openSink(target, { clock, onError });
  for (let count = 0; count < 5; count += 1) {
    sink.write([auditLine(count)]);
    await clock.advance(1_000);
    t.notOk(sink.writeThrough([auditLine('refused')]));
  }
  await until('it was tried', () => errors.length > 0 || undefined);
  t.same(errors, ['ENOSPC']);
  await unlink(target);
  sink.reopen();
  await sink.close();
  const text = await readFile(target, 'utf8');
  t.match(verify([text]), { damages: [], notices: [] });
  t.equal(accesses(text), [0, 1, 2, 3, 4].map(auditLine).join(''));
});

test(
  'a disk that stays full: what is kept has a bound, and the chain tells what was lost',
  { skip: noFull },
  async (t) => {
    const target = join(t.testdir({}), 'audit.log');
    await symlink('/dev/full', target);
    let lost = 0;
    const sink = openSink(target, { onError: () => undefined, onDrop: () => (lost += 1) });
    const line = auditLine('x'.repeat(10_000));
    const count = Math.ceil((17 * 1024 * 1024) / line.length);
    for (let written = 0; written < count; written += 1) sink.write([line]);
    t.ok(lost > 0 && lost < 120, `${lost} lines`);
    await unlink(target);
    sink.reopen();
    await sink.close();
    const text = await readFile(target, 'utf8');
    t.equal(linesOf(accesses(text)).length, count - lost);
    t.match(verify([text]), { damages: [], notices: [RegExp(`^${lost} lines were lost before line`)] });
  },
);

test('a full disk hinders neither the close nor the exit', { skip: noFull }, async (t) => {
  const open = `const onError = (error, isFirst) => isFirst && console.log(error.code ?? error.message);
     const sink = new AuditSink({ target: '/dev/full', clock: systemClock, onError, onDrop: onError, onRecovery: onError });`;
  const closing = await run(t, `${open} sink.write(['x\\n']); await sink.close(); console.log('closed');`);
  t.equal(closing.stdout, 'ENOSPC\nthe last lines could not be written\nclosed\n');
  const crashing = await run(
    t,
    `process.on('exit', () => { sink.flushNow(); console.log('exit'); });
     ${open} sink.write(['x\\n'.repeat(20_000)]);
     setImmediate(() => process.exit());`,
  );
  t.equal(crashing.stdout, 'ENOSPC\nexit\n');
});

const noLimits = existsSync('/usr/bin/prlimit') ? false : 'this system has no prlimit';

test(
  'a disk that is full in the midst of a line: it is written to its end when there is room again',
  { skip: noLimits },
  async (t) => {
    const cwd = t.testdir({});
    const { file } = await program(
      cwd,
      `const errors = [];
     const sink = new AuditSink({ target: 'audit.log', clock: systemClock, onError: (error, isFirst) => isFirst && errors.push(error.code), onDrop: () => undefined, onRecovery: () => undefined });
     sink.configure({ key: undefined, isWriteThrough: process.argv[2] === 'through' });
     let [taken, refused] = [0, 0];
     const write = () => { for (let i = 0; i < 60; i++) if (sink.writeThrough(['{"type":"audit","n":' + i + '}\\n'])) taken++; else refused++; };
     if (process.argv[2] === 'through') write();
     else for (let i = 0; i < 60; i++) sink.write(['{"type":"audit","n":' + i + '}\\n']);
     sink.flushNow();
     console.log('full');
     process.stdin.once('data', async () => { await sink.close(); console.log(JSON.stringify({ errors, taken, refused })); process.exit(); });`,
    );
    for (const mode of ['buffered', 'through']) {
      await writeFile(join(cwd, 'audit.log'), '');
      await truncate(join(cwd, 'audit.log'));
      // Without what tap adds to every process: it writes files of its own.
      const command = ['-i', '/usr/bin/prlimit', '--fsize=1100:unlimited', process.execPath, file, mode];
      const child = spawn('/usr/bin/env', command, {
        cwd,
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      t.teardown(() => child.kill('SIGKILL'));
      const exited = once(child, 'exit');
      let told = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
      await until('the disk is full', () => told.startsWith('full') || undefined);
      t.equal((await stat(join(cwd, 'audit.log'))).size, 1_100, mode);
      await promisify(execFile)('/usr/bin/prlimit', ['--fsize=unlimited', `--pid=${child.pid}`]);
      child.stdin.write('go on\n');
      await exited;
      const { errors, taken, refused } = JSON.parse(told.slice('full\n'.length));
      t.same(errors, ['EFBIG'], mode);
      const text = await readFile(join(cwd, 'audit.log'), 'utf8');
      t.match(verify([text]), { damages: [], notices: [] }, mode);
      const written = linesOf(accesses(text)).length;
      if (mode === 'buffered') t.equal(written, 60);
      else
        t.match([taken + refused, written], [60, taken + 1], 'that which went half through was refused, and is there');
    }
  },
);

test('standard output is flushed at the end', async (t) => {
  const { stdout } = await run(
    t,
    `const fail = (error) => { throw error; };
     const sink = new AuditSink({ target: 'stdout', clock: systemClock, onError: fail, onDrop: fail, onRecovery: fail });
     sink.write(['{"type":"audit","n":1}\\n']);
     sink.write(['{"type":"audit","n":2}\\n']);
     sink.reopen();
     await sink.close();`,
  );
  t.equal(accesses(stdout), '{"type":"audit","n":1}\n{"type":"audit","n":2}\n');
  t.match(verify([stdout]), { damages: [], notices: [] });
});

test('a reader that has stalled does not hold the close and the exit back', async (t) => {
  const cwd = t.testdir({});
  const { file } = await program(
    cwd,
    `const stay = setInterval(() => undefined, 1_000);
     const sink = new AuditSink({ target: 'stdout', clock: systemClock, onError: (error) => console.error(error.message), onDrop: () => undefined, onRecovery: () => undefined });
     for (let i = 0; i < 100; i++) sink.write(['x'.repeat(9_999) + '\\n']);
     await sink.close();
     clearInterval(stay);
     console.error('closed');`,
  );
  // A pipe of the shell, as in \`keyfob | reader\`: nobody reads it, and it stays open.
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
  t.equal(told, 'the last lines could not be written\nclosed\nexit 0\n');
});

test('a slow reader gets every line', async (t) => {
  const cwd = t.testdir({});
  const { file } = await program(
    cwd,
    `const stay = setInterval(() => undefined, 1_000);
     const fail = (error) => { throw error; };
     const sink = new AuditSink({ target: 'stdout', clock: systemClock, onError: fail, onDrop: fail, onRecovery: fail });
     for (let i = 0; i < 20_000; i++) sink.write(['{"type":"audit","n":' + i + '}\\n']);
     await sink.close();
     clearInterval(stay);`,
  );
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', `"${process.execPath}" ${file} | { sleep 1; cat; }`], {
    cwd,
    maxBuffer: 2 ** 24,
  });
  t.match(verify([stdout]), { damages: [], notices: [], summaries: [{ lines: 20_000 }] });
});

test('standard output that goes to a file may hold other lines, and begins a chain of its own', async (t) => {
  const cwd = t.testdir({ 'all.log': 'somebody else wrote this\n' });
  const { file } = await program(
    cwd,
    `const fail = (error) => { throw error; };
     const sink = new AuditSink({ target: 'stdout', clock: systemClock, onError: fail, onDrop: fail, onRecovery: fail });
     sink.write(['{"type":"audit","n":1}\\n']);
     await sink.close();`,
  );
  for (let run = 0; run < 2; run += 1)
    await promisify(execFile)('/bin/sh', ['-c', `"${process.execPath}" ${file} >> all.log`], { cwd });
  const lines = (await readFile(join(cwd, 'all.log'), 'utf8')).split('\n');
  t.equal(lines[0], 'somebody else wrote this');
  t.equal(lines.filter((line) => line === '{"type":"audit","n":1}').length, 2);
});

/** Runs statements in a process of their own. */
async function run(t: Test, statements: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const cwd = t.testdir({});
  const { file } = await program(cwd, statements);
  return promisify(execFile)(process.execPath, [file], { cwd, timeout: 20_000, killSignal: 'SIGKILL' });
}

async function program(cwd: string, statements: string): Promise<{ readonly file: string }> {
  const source = (path: string): string => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);
  const imports = `import { AuditSink } from ${source('audit/audit-sink.ts')};
import { systemClock } from ${source('core/clock.ts')};`;
  await writeFile(join(cwd, 'program.ts'), `${imports}\n${statements}`);
  return { file: 'program.ts' };
}
