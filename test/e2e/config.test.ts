import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { test } from 'tap';
import { runBundle } from './bundle.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const directory = await temporaryDirectory(t);
const good = join(directory, 'good.yaml');
await writeFile(good, JSON.stringify(localConfig(await secretsFile(t, 'a: b\n'))));

const BAD = `listen: ["0.0.0.0:8200", "nonsense"]
cahce: { ttl: 5m }
cache: { ttl: five }
providers:
  - { name: files, type: local }
  - { name: vault, type: valut }
  - { name: v, type: vault, address: "http://user:hunter2@vault.internal:8200", auth: { method: token, token: s.hunter2 } }
pathMappings:
  - { pattern: "app/**", provider: nowhere }
`;
const bad = join(directory, 'bad.yaml');
await writeFile(bad, BAD);

test('every problem at once, with file, line and the nearest key', async (t) => {
  const runs = await Promise.all(['serve', 'check'].map((command) => runBundle([command, '--config', bad])));
  for (const { code, stderr, stdout } of runs) {
    t.strictSame([code, stdout], [2, '']);
    for (const problem of [
      /bad\.yaml:1: 'listen\[0\]' can be reached from elsewhere and needs 'tls'/,
      /bad\.yaml:1: 'listen\[1\]' must be an address/,
      /bad\.yaml:2: unknown key 'cahce', did you mean 'cache'\?/,
      /bad\.yaml:3: 'cache\.ttl' must be a duration/,
      /bad\.yaml:5: 'providers\[0\]\.path' is missing/,
      /bad\.yaml:6: .*type/,
      /bad\.yaml:7: .*address/,
      /bad\.yaml:9: .*provider/,
    ])
      t.match(stderr, problem);
    t.notMatch(stderr, /hunter2|\n\s+at /);
  }
});

test('a good one', async (t) => {
  const [plain, connected, fromEnvironment] = await Promise.all([
    runBundle(['check', '--config', good]),
    runBundle(['check', '--config', good, '--connect']),
    runBundle(['check'], { KEYFOB_CONFIG: good }),
  ]);
  t.strictSame(plain, { code: 0, stdout: 'the configuration is valid\n', stderr: '' });
  t.strictSame([connected.code, connected.stdout], [0, 'the configuration is valid\nfiles: ok\n']);
  t.equal(fromEnvironment.code, 0);
});

test('traces: where they go without what may be secret in it, and what is wrong with their variables', async (t) => {
  const env = {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector.example:4318/tenant?key=hunter2',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=hunter2',
  };
  const told = await runBundle(['check', '--config', good], env);
  t.strictSame(told, {
    code: 0,
    stdout: 'the configuration is valid\ntraces are sent to https://collector.example:4318 (http/protobuf)\n',
    stderr: '',
  });
  const wrong = { ...env, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_TRACES_SAMPLER: 'some' };
  for (const command of ['check', 'serve']) {
    const { code, stdout, stderr } = await runBundle([command, '--config', good], wrong);
    t.strictSame([code, stdout], [2, '']);
    t.match(stderr, /^keyfob: OTEL_EXPORTER_OTLP_PROTOCOL asks for grpc.*\nOTEL_TRACES_SAMPLER has to be one of/);
    t.notMatch(stderr, 'hunter2');
  }
  const lost = { ...env, OTEL_EXPORTER_OTLP_CERTIFICATE: join(directory, 'none.pem') };
  const { code, stderr } = await runBundle(['check', '--config', good], lost);
  t.equal(code, 2);
  t.match(stderr, /^keyfob: OTEL_EXPORTER_OTLP_CERTIFICATE.*'tls\.ca'.*cannot be read$/m);
});

test('a store that cannot be reached fails --connect alone', async (t) => {
  const file = join(directory, 'vault.yaml');
  const auth = { method: 'token', token: { env: 'TOKEN' } };
  const vault = { name: 'vault', type: 'vault', address: 'http://127.0.0.1:1', auth };
  await writeFile(file, JSON.stringify({ providers: [vault] }));
  const env = { TOKEN: 's.not-to-be-told' };
  t.equal((await runBundle(['check', '--config', file], env)).code, 0);
  const { code, stdout, stderr } = await runBundle(['check', '--config', file, '--connect'], env);
  t.equal(code, 1);
  t.match(stdout, /^vault: .*\(ConnectionFailed\)$/m);
  t.notMatch(stdout + stderr, /not-to-be-told|127\.0\.0\.1/);
});

test('no configuration', async (t) => {
  const none = await runBundle(['serve']);
  t.equal(none.code, 2);
  t.match(none.stderr, /'--config FILE'.*'--local FILE'/);
  const missing = await runBundle(['serve', '--config', join(directory, 'nothing.yaml')]);
  t.match(missing, { code: 2, stderr: /there is no configuration file/ });
  const broken = join(directory, 'broken.yaml');
  await writeFile(broken, 'providers: [\n');
  t.match(await runBundle(['serve', '--config', broken]), { code: 2, stderr: /broken\.yaml:\d+: / });
});

test('a credential in plain text works and warns', async (t) => {
  const file = join(directory, 'literal.yaml');
  const auth = { method: 'token', token: 's.literal-token' };
  const vault = { name: 'vault', type: 'vault', address: 'http://127.0.0.1:1', auth };
  await writeFile(file, JSON.stringify({ providers: [vault] }));
  const { code, stderr } = await runBundle(['check', '--config', file]);
  t.equal(code, 0);
  t.match(stderr, /^warning: .*literal\.yaml:1: .*plain text/);
  t.notMatch(stderr, 's.literal-token');
});

test('wrong use', async (t) => {
  const uses: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /usage: /],
    [['sevre'], /did you mean 'serve'/],
    [['serve', '--confg', good], /'--confg'/],
    [['get'], /PATH/],
    [['get', 'a', 'b'], /usage: /],
    [['health', 'reddy'], /did you mean 'ready'/],
    [['--verison'], /did you mean '--version'/],
  ];
  await Promise.all(
    uses.map(async ([args, stderr]) => t.match(await runBundle(args), { code: 2, stdout: '', stderr }, args.join(' '))),
  );
});

test('a configuration and a file of secrets exclude each other', async (t) => {
  const both = await runBundle(['serve', '--config', 'a.yaml', '--local', 'b.yaml']);
  t.match([both.code, both.stderr], [2, /'--config' and '--local' exclude each other/]);
});

test('a daemon that cannot start ends, and does not wait for anything', async (t) => {
  const { code, stderr } = await runBundle(['serve', '--local', '/nowhere/secrets.yaml', '--listen', '127.0.0.1:0']);
  t.match([code, stderr], [2, /nowhere/]);
});
