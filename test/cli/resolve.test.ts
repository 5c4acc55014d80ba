import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Test, test } from 'tap';
import { resolve } from '../../src/cli/resolve.ts';
import { startFakeDaemon } from './fake-daemon.ts';
import { FakeIo } from './fake-io.ts';
import { shortDirectory } from './short-directory.ts';

/** A daemon that keeps what it was sent. */
async function startDaemon(t: Test, status: number, answer: string | object) {
  const asked: { type: string | undefined; body: string; url: string | undefined }[] = [];
  const { address } = await startFakeDaemon(t, (request, response) => {
    const send = async (): Promise<void> => {
      asked.push({ type: request.headers['content-type'], body: await text(request), url: request.url });
      response.writeHead(status, { 'content-type': status === 200 ? 'text/plain' : 'application/problem+json' });
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    };
    void send();
  });
  return { asked, env: { KEYFOB_ADDR: address } };
}

const failure = (...errors: readonly object[]): object => ({
  detail: 'x',
  code: 'y',
  errors,
  errorCount: errors.length,
});
const missing = {
  line: 1,
  column: 3,
  detail: 'there is no such secret',
  code: 'SecretDoesNotExist',
  excerpt: '{{secret:a}}\n^',
};

test('standard input goes to the daemon as text, and what comes back to standard output', async (t) => {
  for (const args of [[], ['-']]) {
    const { asked, env } = await startDaemon(t, 200, 'x=1\n');
    const io = new FakeIo(env, { input: 'x={{secret:a}}\n' });
    t.equal(await resolve(args, io), 0);
    t.equal(io.out, 'x=1\n');
    t.equal(io.err, '');
    t.same(asked, [{ type: 'text/plain', body: 'x={{secret:a}}\n', url: '/v1/resolve' }]);
  }
});

test('what is no UTF-8 is a finding, and nothing of it is sent', async (t) => {
  const file = join(await shortDirectory(t), 'a.json');
  await writeFile(file, Buffer.from('{"a":"\xff {{secret:a}}"}', 'latin1'));
  const { asked, env } = await startDaemon(t, 200, '{"document":1}');
  const io = new FakeIo(env);
  t.equal(await resolve(['--check', file], io), 1);
  t.equal(io.out, `${file}:1:1: this is no UTF-8\n`);
  t.same(asked, []);
});

test('the name of a file tells its format, and --format has the last word', async (t) => {
  const directory = await shortDirectory(t);
  const rows = [
    ['a.yaml', 'application/yaml'],
    ['a.yml.template', 'application/yaml'],
    ['.env', 'text/x-dotenv'],
    ['.env.production', 'text/x-dotenv'],
    ['shop.env.tmpl', 'text/x-dotenv'],
    ['a.conf', 'text/plain'],
    ['json', 'text/plain'],
  ];
  for (const [name = '', type] of rows) {
    const { asked, env } = await startDaemon(t, 200, '');
    await writeFile(join(directory, name), 'x');
    t.equal(await resolve([join(directory, name)], new FakeIo(env)), 0);
    t.match(asked, [{ type, body: 'x' }], name);
  }
  const { asked, env } = await startDaemon(t, 200, '');
  t.equal(await resolve([join(directory, 'a.yaml'), '--format', 'text'], new FakeIo(env)), 0);
  t.match(asked, [{ type: 'text/plain' }]);
});

test('a JSON file keeps its form, and findings their places', async (t) => {
  const good = await startDaemon(t, 200, '{"document":{"a": 1.0,\n"b":"x"},"references":[]}');
  const input = '\n  {"a": 1.0,\n"b":"{{secret:a}}"}\n\n';
  const io = new FakeIo(good.env, { input });
  t.equal(await resolve(['--format', 'json'], io), 0);
  t.equal(io.out, '\n  {"a": 1.0,\n"b":"x"}\n\n');
  t.match(good.asked, [{ type: 'application/json', body: `{"document":${input}}` }]);

  const bad = await startDaemon(t, 404, failure(missing, { ...missing, line: 2 }));
  const told = new FakeIo(bad.env, { input });
  t.equal(await resolve(['--format', 'json', '--check'], told), 1);
  t.equal(
    told.out,
    'stdin:2:5: there is no such secret (SecretDoesNotExist)\nstdin:3:3: there is no such secret (SecretDoesNotExist)\n',
  );
});

test('what is no JSON is told with its place before anybody is asked', async (t) => {
  const io = new FakeIo({ KEYFOB_ADDR: 'http://127.0.0.1:1' }, { input: '{\n "a" 1}' });
  t.equal(await resolve(['--format', 'json', '--check'], io), 1);
  t.equal(io.out, 'stdin:2:6: this is no valid JSON\n');
});

test('failures go to standard error with their places and carets, and nothing to standard output', async (t) => {
  const file = join(await shortDirectory(t), 'app.conf');
  await writeFile(file, 'a {{secret:a}}');
  const { env } = await startDaemon(t, 404, { ...failure(missing), errorCount: 101 });
  const io = new FakeIo(env);
  t.equal(await resolve([file], io), 1);
  t.equal(io.out, '');
  t.equal(
    io.err,
    `${file}:1:3: there is no such secret (SecretDoesNotExist)\n  {{secret:a}}\n  ^\nkeyfob: and 100 more\n`,
  );
});

test('--check prints one finding a line and no value', async (t) => {
  const good = await startDaemon(t, 200, 's3cr3t');
  const quiet = new FakeIo(good.env, { input: 'x' });
  t.equal(await resolve(['--check'], quiet), 0);
  t.equal(quiet.out + quiet.err, '');
  const bad = await startDaemon(t, 404, failure(missing));
  const io = new FakeIo(bad.env, { input: 'x' });
  t.equal(await resolve(['--check'], io), 1);
  t.equal(io.out, 'stdin:1:3: there is no such secret (SecretDoesNotExist)\n');
  t.equal(io.err, '');
});

test('--output replaces a file at once, for its owner alone; after a failure it is as it was', async (t) => {
  const directory = await shortDirectory(t);
  const output = join(directory, 'out');
  await writeFile(output, 'old', { mode: 0o644 });
  const bad = await startDaemon(t, 404, failure(missing));
  t.equal(await resolve(['--output', output], new FakeIo(bad.env)), 1);
  t.equal(await readFile(output, 'utf8'), 'old');
  const good = await startDaemon(t, 200, 'new');
  const io = new FakeIo(good.env);
  t.equal(await resolve(['--output', output], io), 0);
  t.equal(io.out, '');
  t.equal(await readFile(output, 'utf8'), 'new');
  t.equal((await stat(output)).mode & 0o777, 0o600);
  t.same(await readdir(directory), ['out']);
  const nowhere = new FakeIo(good.env);
  t.equal(await resolve(['--output', join(directory, 'no', 'out')], nowhere), 1);
  t.match(nowhere.err, /cannot be written \(ENOENT\)/);
});

test('a problem that is about the whole is told as any other', async (t) => {
  const { env } = await startDaemon(t, 413, { detail: 'the body is too large', code: 'PayloadTooLarge' });
  const io = new FakeIo(env);
  t.equal(await resolve([], io), 1);
  t.equal(io.err, 'keyfob: the body is too large (PayloadTooLarge)\n');
});

test('wrong use', async (t) => {
  for (const args of [['--format', 'xml'], ['--check', '--output', 'x'], ['a', 'b'], ['--chekc']]) {
    const io = new FakeIo({});
    t.equal(await resolve(args, io), 2, args.join(' '));
    t.match(io.err, /usage: keyfob resolve/);
  }
  const io = new FakeIo({});
  t.equal(await resolve(['/nothing/there'], io), 1);
  t.match(io.err, /cannot be read \(ENOENT\)/);
});
