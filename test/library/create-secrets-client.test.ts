import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { createSecretsClient } from '../../src/index.ts';
import { RecordingLog } from '../contract/recording-log.ts';
import { secretsFile } from '../e2e/local-secrets.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';
import { until } from '../e2e/until.ts';
import { FakeProvider } from '../fakes/fake-provider.ts';
import { fakeKind } from './library-rig.ts';

const files = async (t: Test) => ({
  type: 'local' as const,
  path: await secretsFile(t, 'db: { user: app }\nmail: text\n'),
});

test('reads the stores that come with it', async (t) => {
  await using client = createSecretsClient({ providers: [await files(t)] });
  await client.ready();
  t.equal(await client.getSecretKey('db', 'user'), 'app');
  t.same(
    (await client.listSecrets('')).map(({ path }) => path),
    ['db', 'mail'],
  );
});

test('reads a store of one’s own beside them', async (t) => {
  const provider = new FakeProvider('mine');
  const config = { providers: [await files(t), { type: 'fake', name: 'mine' }], defaultProvider: 'mine' };
  await using client = createSecretsClient<{ readonly type: string; readonly name?: string }>(config, {
    kinds: [fakeKind(provider)],
  });
  t.equal((await client.getSecret('a')).value, 'value of a');
  t.equal((await client.getSecret('mail', { provider: 'local' })).value, 'text');
});

test('a kind that takes the place of another is a mistake', async (t) => {
  const kind = { ...fakeKind(new FakeProvider()), type: 'vault' };
  t.throws(() => createSecretsClient({ providers: [{ type: 'local', path: 'x' }] }, { kinds: [kind] }), TypeError);
});

test('a wrong configuration is told at once', (t) => {
  // As a program in JavaScript would.
  const wrong = JSON.parse('{"providers":[{"type":"local"}],"cahce":{}}');
  t.throws(() => createSecretsClient(wrong), { message: /did you mean 'cache'|'cache'/, problems: [{}, {}] });
  t.end();
});

test('a log is told what the client has to say, and never a value', async (t) => {
  const log = new RecordingLog();
  const auth = { method: 'token', token: 'a-literal-t0ken' } as const;
  const vault = { type: 'vault', address: 'https://vault.invalid', auth } as const;
  await using client = createSecretsClient({ providers: [await files(t), vault], defaultProvider: 'local' }, { log });
  t.match(log.lines, [{ level: 'warn', message: /credential in plain text/ }]);
  await client.getSecret('mail');
  t.match(log.lines.at(-1), { fields: { secret_path: 'mail' }, message: 'secret accessed' });
  t.notMatch(JSON.stringify(log.lines), /t0ken|"text"/);
});

test('an audit line for each access when it is asked for', async (t) => {
  const sink = join(await temporaryDirectory(t), 'audit.log');
  const client = createSecretsClient({ providers: [await files(t)], auditEnabled: true, audit: { sink } });
  await client.getSecret('mail');
  await t.rejects(client.getSecret('none'), { code: 'SecretDoesNotExist' });
  client.invalidateCache('mail');
  await client.close();
  const written = (await readFile(sink, 'utf8')).trim().split('\n');
  const lines = written.map((line) => JSON.parse(line)).filter(({ type }) => type === 'audit');
  t.match(lines, [
    { operation: 'get', secret_path: 'mail', success: true, source_ip: 'in-process' },
    { operation: 'get', secret_path: 'none', success: false, code: 'SecretDoesNotExist' },
    { operation: 'invalidate', secret_path: 'mail', success: true },
  ]);
  t.equal(new Set(lines.map(({ request_id }) => request_id)).size, 3);
});

test('a mock takes the place of the stores', async (t) => {
  const file = await secretsFile(t, 'app/token: made-up\n');
  await using client = createSecretsClient({
    providers: [{ type: 'aws', region: 'eu-west-1' }],
    simulation: { mode: 'mock', file, faults: [{ path: 'app/broken', errorRate: 1, code: 'AccessDenied' }] },
  });
  t.equal((await client.getSecret('app/token')).value, 'made-up');
  await t.rejects(client.getSecret('app/broken'), { code: 'AccessDenied' });
});

test('what changes in a store is noticed', async (t) => {
  const provider = await files(t);
  await using client = createSecretsClient({ providers: [provider] });
  t.equal((await client.getSecret('mail')).value, 'text');
  await writeFile(provider.path, 'mail: other\n');
  await until('the change is noticed', async () => (await client.getSecret('mail')).value === 'other' || undefined);
});
