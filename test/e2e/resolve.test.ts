import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import t, { test } from 'tap';
import { parse } from 'yaml';
import { readByShell } from '../resolver/read-by-shell.ts';
import { runBundle, type Run } from './bundle.ts';
import { startDaemon } from './daemon.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const EXAMPLES = 'examples/references';
const PASSWORD = `p"a'ss#1 $x`;
const daemon = await startDaemon(t, {
  config: localConfig(await secretsFile(t, await readFile(join(EXAMPLES, 'secrets.yaml'), 'utf8'))),
});
const http = daemon.http();
const address = daemon.address();
const KEYFOB_ADDR = address.kind === 'tcp' ? `http://127.0.0.1:${address.port}` : '';
const keyfob = (...args: readonly string[]): Promise<Run> => runBundle(args, { KEYFOB_ADDR });

test('the example for Spring: a parser of YAML reads the values, comments and placeholders stay', async (t) => {
  const file = join(EXAMPLES, 'application.yaml');
  const { code, stdout, stderr } = await keyfob('resolve', file);
  t.strictSame([code, stderr], [0, '']);
  t.match(parse(stdout), {
    spring: {
      datasource: { url: 'jdbc:postgresql://${DB_HOST:db}:5432/shop', username: 'shop', password: PASSWORD },
      mail: {
        properties: `mail.smtp.user=shop\nmail.smtp.auth=${Buffer.from('token with\na second line').toString('base64')}\n`,
      },
    },
    shop: { port: 5432, feature: 'off' },
  });
  const comments = (text: string): readonly string[] => text.match(/#\s.*$/gm) ?? [];
  t.same(comments(stdout), comments(await readFile(file, 'utf8')));
});

test('the example of a .env file: Node.js and a shell read the same', async (t) => {
  const { code, stdout } = await keyfob('resolve', join(EXAMPLES, 'shop.env'));
  t.equal(code, 0);
  const expected = {
    DB_USER: 'shop',
    DB_PORT: '5432',
    DATABASE_URL: 'postgres://shop:p%22a%27ss%231%20%24x@db:5432/shop',
    MAIL_TOKEN: 'token with\na second line',
    FEATURE: 'off',
  };
  t.same({ ...parseEnv(stdout) }, expected);
  t.same(readByShell(stdout, Object.keys(expected)), expected);
  t.equal(new URL(expected.DATABASE_URL).password, encodeURIComponent(PASSWORD).replace("'", '%27'));
});

test('the example for nginx: what is inserted means nothing to it', async (t) => {
  const { code, stdout } = await keyfob('resolve', join(EXAMPLES, 'nginx.conf'));
  t.equal(code, 0);
  t.match(stdout, `"Basic ${Buffer.from('gate:e;n{g}i"nx $1').toString('base64')}"`);
  t.match(stdout, '"k%3Be%7By%7D%22s%20%241"');
});

test('--check prints file, line and column of each reference that fails', async (t) => {
  const directory = await temporaryDirectory(t);
  const file = join(directory, 'app.yaml');
  await writeFile(file, 'a: {{secret:shop/db#username}}\nb:\n  - x {{secret:nothing}}\n  - ${secret:shop/db#no}\n');
  t.strictSame(await keyfob('resolve', '--check', file), {
    code: 1,
    stdout: `${file}:3:7: the secret 'nothing' does not exist (SecretDoesNotExist)\n${file}:4:5: the secret has no key 'no' (KeyNotFound)\n`,
    stderr: '',
  });
  await writeFile(file, 'a: {{secret:shop/db#username}}\nb: {{secret:x#}} {{secret:y\n');
  const { code, stdout, stderr } = await keyfob('resolve', file);
  t.strictSame([code, stdout], [1, '']);
  t.equal(
    stderr,
    `${file}:2:15: the reference has no key (InvalidReference)\n  {{secret:x#}}\n             ^\n` +
      `${file}:2:18: the reference is not closed by '}}' (InvalidReference)\n  {{secret:y\n  ^\n`,
  );
  t.strictSame(await keyfob('resolve', '--check', join(EXAMPLES, 'application.yaml')), {
    code: 0,
    stdout: '',
    stderr: '',
  });
});

test('YAML and .env bodies come back as what they are', async (t) => {
  const rows = [
    [
      'application/yaml',
      'a: {{secret:shop/mail}} # {{secret:nothing}}\n',
      'a: "token with\\na second line" # {{secret:nothing}}\n',
    ],
    ['text/x-dotenv', 'A={{secret:shop/mail}}\n', "A='token with\na second line'\n"],
  ];
  for (const [type = '', body = '', expected] of rows) {
    const answer = await http.send({
      method: 'POST',
      path: '/v1/resolve',
      headers: { 'content-type': type },
      body,
    });
    t.strictSame([answer.status, answer.text], [200, expected]);
    t.equal(answer.headers['content-type'], `${type}; charset=utf-8`);
  }
  const bad = await http.send({
    method: 'POST',
    path: '/v1/resolve',
    headers: { 'content-type': 'application/yaml' },
    body: 'a: "{{secret:shop/mail}}\n',
  });
  t.match(bad.json, { status: 400, code: 'InvalidBody', detail: /line 1, column 4/ });
});

test('explain tells where references lead and reads nothing', async (t) => {
  await http.get('/v1/secrets/shop/mail');
  const { status, json, text } = await http.post('/v1/resolve?explain=true', {
    document: {
      a: ['{{secret:shop/mail}}', '${secret:files://shop/db#password@previous|url}', '{{secret:other://x}}'],
    },
  });
  t.equal(status, 200);
  t.strictSame(json, {
    references: [
      {
        reference: '{{secret:shop/mail}}',
        line: 1,
        column: 8,
        pointer: '/a/0',
        decision: 'allowed',
        path: 'shop/mail',
        provider: 'files',
        cache: 'fresh',
      },
      {
        reference: '${secret:files://shop/db#password@previous|url}',
        line: 1,
        column: 31,
        pointer: '/a/1',
        decision: 'allowed',
        path: 'shop/db',
        key: 'password',
        stage: 'previous',
        provider: 'files',
        cache: 'none',
      },
      {
        reference: '{{secret:other://x}}',
        line: 1,
        column: 81,
        pointer: '/a/2',
        decision: 'allowed',
        path: 'x',
        code: 'InvalidProvider',
        detail: "there is no provider 'other' in the configuration",
      },
    ],
  });
  t.notMatch(text, 'second line');
});
