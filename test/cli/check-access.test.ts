import { join } from 'node:path';
import { type Test, test } from 'tap';
import { check } from '../../src/cli/check.ts';
import { FakeIo } from './fake-io.ts';

const CONFIG = `environment: prod
providers:
  - { name: files, type: local, path: ./secrets.yaml }
  - { name: azure, type: azure, vaultUrl: 'https://shop.vault.azure.net' }
  - { name: aws, type: aws, region: eu-west-1 }
defaultProvider: files
pathMappings:
  - { pattern: 'az/**', provider: azure }
access:
  mode: token
  callers:
    - name: web
      token: { file: /run/web }
      operations: [get, list]
      allow:
        - app/**
        - az/**
        - arn:*/**
      deny:
        - app/admin/**
        - AZ/Secret
      providers: [files, aws]
    - name: tagged
      token: { file: /run/tagged }
      operations: [get]
      allow: ['/app/*']
      tags: { team: shop, tier: db }
`;

function setUp(t: Test, config = CONFIG) {
  const file = join(t.testdir({ 'keyfob.yaml': config }), 'keyfob.yaml');
  return async (...args: readonly string[]) => {
    const io = new FakeIo({});
    const code = await check(['--config', file, ...args], io);
    return { code, out: io.out.replaceAll(file, 'keyfob.yaml'), err: io.err };
  };
}

test('it says whether, and by which line', async (t) => {
  const run = setUp(t);
  const asks = (path: string, ...more: readonly string[]) => run('--caller', 'web', '--path', path, ...more);
  t.strictSame(await asks('app/db'), {
    code: 0,
    out: "allowed: the caller 'web' may get 'app/db'\n  keyfob.yaml:16: access.callers[0].allow[0] is 'app/**'\n",
    err: '',
  });
  t.strictSame(await asks('app/admin/x'), {
    code: 1,
    out: "refused: the caller 'web' may not get 'app/admin/x'\n  keyfob.yaml:20: access.callers[0].deny[0] is 'app/admin/**'\n",
    err: '',
  });
  t.match(await asks('else'), { code: 1, out: /no line of 'allow' matches/ });
  t.match(await asks('app/db', '--operation', 'rotate'), {
    code: 1,
    out: /keyfob.yaml:14: .*operations is \[get, list\]/,
  });
  t.match(await asks('app/db', '--provider', 'files'), { code: 0 });
  t.match(await asks('app/db', '--provider', 'azure'), {
    code: 1,
    out: /keyfob.yaml:22: .*providers is \[files, aws\]/,
  });
  t.match(await asks('az/SECRET'), {
    code: 1,
    out: /another spelling of 'az\/secret'\n.*keyfob.yaml:21: .*deny\[1\] is 'AZ\/Secret'/,
  });
  t.match(await asks('az/under_score'), { code: 1, out: /is no name for Azure Key Vault.*\(InvalidPath\)/ });
  const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/db-AbCdEf';
  t.match(await asks(arn, '--provider', 'aws'), { code: 1, out: /a full identifier is not served .*\(PolicyDenied\)/ });
});

test('a list is asked about by its prefix', async (t) => {
  const run = setUp(t);
  const lists = (path: string) => run('--caller', 'web', '--path', path, '--operation', 'list');
  t.match(await lists('app/'), { code: 0, out: /allow\[0\]/ });
  t.match(await lists(''), { code: 0 });
  t.match(await lists('app/admin/'), { code: 1, out: /deny\[0\]/ });
  t.match(await lists('x'), { code: 1 });
});

test('conditions on tags are said', async (t) => {
  const run = setUp(t);
  t.match(await run('--caller', 'tagged', '--path', 'app/x/y'), {
    code: 0,
    out: /allow\[0\] is '\/app\/\*'\n  only a secret with the tags team=shop, tier=db\n  keyfob.yaml:27: access.callers\[1\].tags asks for tags/,
  });
});

test('anonymous has no line where nothing is configured', async (t) => {
  const run = setUp(t, 'providers: [{ name: files, type: local, path: ./s.yaml }]\n');
  t.match(await run('--caller', 'anonymous', '--path', 'x'), { code: 0, out: /by default/ });
  t.match(await run('--caller', 'anonymous', '--path', 'x', '--operation', 'rotate'), { code: 1, out: /by default/ });
});

test('half a question is wrong use', async (t) => {
  const run = setUp(t);
  for (const [args, complaint] of [
    [['--caller', 'web'], "'--caller' and '--path' belong together"],
    [['--path', 'x'], "'--caller' and '--path' belong together"],
    [['--operation', 'get'], "'--caller' and '--path' belong together"],
    [['--caller', 'who', '--path', 'x'], "there is no caller 'who', but web, tagged"],
    [['--caller', 'web', '--path', 'x', '--operation', 'read'], "'--operation' is one of get, list"],
    [['--caller', 'web', '--path', 'x', '--provider', 'no'], "there is no provider 'no' in the configuration"],
  ] as const) {
    const { code, err } = await run(...args);
    t.equal(code, 2);
    t.match(err, complaint);
  }
});

test('without a question it only checks', async (t) => {
  const run = setUp(t);
  t.match(await run(), { code: 0, out: 'the configuration is valid\n' });
});
