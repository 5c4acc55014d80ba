import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { audit } from '../../src/cli/audit.ts';
import { auditLine, key, linesOf, toText, writeBlocks } from '../audit/audit-rig.ts';
import { FakeIo } from './fake-io.ts';

async function verify(...args: readonly string[]) {
  const io = new FakeIo({});
  const code = await audit(['verify', ...args], io);
  return { code, out: io.out, err: io.err };
}

async function files(t: Test) {
  const folder = t.testdir({ key: Buffer.from(key.bytes).toString('hex') });
  const [keyed, plain] = [join(folder, 'keyed.log'), join(folder, 'plain.log')];
  await writeBlocks(keyed, 2, { key });
  await writeBlocks(plain, 2);
  return { folder, keyed, plain, keyFile: join(folder, 'key') };
}

test('a whole file: exit 0 and its head', async (t) => {
  const { keyed, plain, keyFile } = await files(t);
  const whole = await verify('--key', keyFile, keyed);
  t.match(whole, { code: 0, err: '' });
  const hash = /the head is block 4, ([\da-f]{64})\n/.exec(whole.out)?.[1] ?? '';
  t.equal(
    whole.out,
    `${keyed}: 8 lines in 4 blocks; the head is block 4, ${hash}\nwhole: every line is as it was written\n`,
  );
  t.match(await verify(plain), { code: 0, err: '' });
  t.match(await verify('--key', keyFile, '--head', hash, keyed), { code: 0 });
  t.match(await verify('--head', hash, plain), { code: 1, out: /no record has the hash/ });
});

test('a damaged file: exit 1, and the line', async (t) => {
  const { keyed, keyFile } = await files(t);
  const lines = linesOf(await readFile(keyed, 'utf8'));
  await writeFile(keyed, toText(lines.with(2, auditLine('x').trim())));
  const { code, out } = await verify('--key', keyFile, keyed);
  t.equal(code, 1);
  t.match(out, `${keyed}: line 3 was changed\n`);
  t.match(out, /^damaged: 1 finding$/m);
});

test('the key of the configuration', async (t) => {
  const { folder, keyed, keyFile } = await files(t);
  const config = join(folder, 'keyfob.json');
  const providers = [{ name: 'files', type: 'local', path: join(folder, 'secrets') }];
  await writeFile(config, JSON.stringify({ providers, audit: { sink: keyed, key: { file: keyFile } } }));
  t.match(await verify('--config', config, keyed), { code: 0 });
  t.match(await verify(keyed), { code: 1, out: /sealed with the key [\da-f]{16}, which was not given/ });
});

test('several files in their order, and what is to be noted goes to standard error', async (t) => {
  const { plain, keyed, keyFile } = await files(t);
  const { code, out, err } = await verify('--key', keyFile, keyed, plain);
  t.equal(code, 1);
  t.match(out, `${plain}: line 1 seals without a key, though a key was given\n`);
  t.equal(err, `note: ${plain}: a new chain begins at line 1\n`);
});

test('lines of a log among those of the audit', async (t) => {
  const { plain } = await files(t);
  const lines = linesOf(await readFile(plain, 'utf8'));
  await writeFile(plain, toText(lines.flatMap((line) => [line, '{"level":"info","msg":"hello"}'])));
  await appendFile(plain, '{"level":');
  t.match(await verify('--mixed', plain), { code: 0, err: '' });
  t.match(await verify(plain), { code: 1, out: /line 2 was added/ });
  await writeFile(plain, (await readFile(plain, 'utf8')).replace('app/0/2', 'app/0/9'));
  t.match(await verify('--mixed', plain), { code: 1, out: /line 7 was changed/ }, 'the numbers are those of the file');
});

test('very much damage is told in part, and counted', async (t) => {
  const { plain } = await files(t);
  await writeFile(
    plain,
    `${(await readFile(plain, 'utf8')).replaceAll(/\{"type":"chain"[^]*/g, '')}{"type":"chain",\n`.repeat(300),
  );
  const { code, out } = await verify(plain);
  t.equal(code, 1);
  t.match(out, /^and \d+ more$/m);
  t.ok(linesOf(out).length < 110);
});

test('wrong use is exit 2, what cannot be read exit 1', async (t) => {
  const { plain } = await files(t);
  t.match(await verify(), { code: 2, err: /a file is needed/ });
  t.match(await verify('--kye', plain), { code: 2, err: /did you mean '--key'/ });
  t.match(await verify('--key', plain, plain), { code: 2, err: /is not 32 bytes/ });
  t.match(await verify('--config', '/nowhere', plain), { code: 2 });
  t.match(await verify('/nowhere'), { code: 1, err: "keyfob: '/nowhere' cannot be read\n" });
  const io = new FakeIo({});
  t.equal(await audit(['check', plain], io), 2);
  t.match(io.err, /the command is 'audit verify'/);
});
