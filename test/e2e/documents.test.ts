import t, { test } from 'tap';
import { startDaemon } from './daemon.ts';
import type { Answer } from './http.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { shopSecrets } from './shop-secrets.ts';

const daemon = await startDaemon(t, {
  config: localConfig(await secretsFile(t, `${shopSecrets}trap: 'see {{secret:db/creds}}'\n`)),
});
const http = daemon.http();

const resolve = (text: string): Promise<Answer> => http.post('/v1/resolve', { text });
const resolveText = (body: string): Promise<Answer> =>
  http.send({ method: 'POST', path: '/v1/resolve', headers: { 'content-type': 'text/plain' }, body });

test('a batch answers each in the order asked', async (t) => {
  const { status, json } = await http.post('/v1/batch', {
    secrets: [
      { path: 'db/creds', key: 'password' },
      { path: 'nothing' },
      { path: 'db/creds', version: '1', provider: 'files' },
      { path: 'a/../b' },
      { path: 'numbers', key: 'big' },
      { path: 'mail/token', key: 'x' },
      { path: 'mail/token', provider: 'other' },
    ],
  });
  t.equal(status, 200);
  t.match(json, {
    results: [
      { path: 'db/creds', secret: { path: 'db/creds', value: 'second', data: 'second', version: '2' } },
      { path: 'nothing', problem: { status: 404, code: 'SecretDoesNotExist', path: 'nothing' } },
      { path: 'db/creds', secret: { version: '1', data: { password: 'first' } } },
      { path: 'a/../b', problem: { status: 400, code: 'InvalidPath' } },
      { path: 'numbers', secret: { value: '9007199254740993' } },
      { path: 'mail/token', problem: { status: 422, code: 'JsonParseError' } },
      { path: 'mail/token', problem: { status: 400, code: 'InvalidProvider' } },
    ],
  });
});

test('a batch has 1 to 100 secrets', async (t) => {
  const secrets = (count: number): object => ({ secrets: Array.from({ length: count }, () => ({ path: 'db/creds' })) });
  t.equal((await http.post('/v1/batch', secrets(100))).status, 200);
  for (const body of [secrets(0), secrets(101), {}, [], null, { secrets: [{}] }, { secrets: [{ path: 5 }] }])
    t.match((await http.post('/v1/batch', body)).json, { status: 400, code: 'InvalidBody' });
});

test('references in JSON and in text', async (t) => {
  const text =
    'u={{secret:db/creds#username}} p={{secret:db/creds#password@1}}\nt={{secret:mail/token}} {{secret:db/creds@1}}';
  const expected = 'u=app p=first\nt=not-json {"username":"app","password":"first"}';
  const { json } = await resolve(text);
  t.match(json, { text: expected });
  t.match(json, {
    references: [
      { reference: '{{secret:db/creds#username}}', path: 'db/creds', key: 'username', provider: 'files', version: '2' },
      { reference: '{{secret:db/creds#password@1}}', path: 'db/creds', key: 'password', version: '1' },
      { path: 'mail/token' },
      { path: 'db/creds', version: '1' },
    ],
  });
  const plain = await resolveText(text);
  t.equal(plain.text, expected);
  t.match(plain.headers['content-type'], /^text\/plain/);
});

test('what was inserted is not looked at again, and what is no reference stays', async (t) => {
  t.match((await resolve('{{secret:trap}}')).json, { text: 'see {{secret:db/creds}}' });
  t.match((await resolve('{{ secret:x }} {{other}} }} $& $1')).json, { text: '{{ secret:x }} {{other}} }} $& $1' });
  t.strictSame((await resolve('')).json, { text: '', references: [] });
});

test('one failure fails all, and every one is told with its place', async (t) => {
  const { json } = await resolve(
    'ok {{secret:db/creds}}\n  {{secret:nothing}} {{secret:db/creds#no}}\n{{secret:a/b@1}}',
  );
  t.match(json, {
    status: 404,
    code: 'SecretDoesNotExist',
    errorCount: 3,
    errors: [
      { reference: '{{secret:nothing}}', code: 'SecretDoesNotExist', status: 404, line: 2, column: 3 },
      { reference: '{{secret:db/creds#no}}', code: 'KeyNotFound', status: 422, line: 2, column: 22 },
      { reference: '{{secret:a/b@1}}', status: 404, line: 3, column: 1 },
    ],
  });
  t.notMatch(JSON.stringify(json), 'second');
});

test('a reference that is wrong is told before any is read', async (t) => {
  const { json } = await resolve(
    '{{secret:db/creds}} {{secret:}} {{secret:a#}}\n{{secret:a@}} {{secret:a/../b}} {{secret:never closed',
  );
  t.match(json, { status: 400, code: 'InvalidReference', errorCount: 5 });
  t.match((await resolve('{{secret:binary}}')).json, { status: 422, code: 'InvalidSecretFormat' });
});

test('at most 100 failures are listed and 10,000 references taken', async (t) => {
  const { json } = await resolve('{{secret:nothing}}'.repeat(150));
  t.match(json, { errorCount: 150, errors: { length: 100 } });
  t.equal((await resolve('{{secret:mail/token}}'.repeat(10_000))).status, 200);
  t.match((await resolve('{{secret:mail/token}}'.repeat(10_001))).json, { status: 413, code: 'PayloadTooLarge' });
});

const resolveDocument = async (document: string): Promise<Answer> =>
  http.send({
    method: 'POST',
    path: '/v1/resolve',
    headers: { 'content-type': 'application/json' },
    body: `{ "document" : ${document} }`,
  });

test('a JSON document keeps its numbers and its form, and takes typed values', async (t) => {
  const document = `{"__proto__": 9007199254740993,\n\t"exact":1.0,"big":"\${secret:numbers#big}","at":["{{secret:db/creds}}"],
    "url":"db://{{secret:db/creds#username|url}}@x","{{secret:mail/token}}":"{{secret:numbers#no}}"}`;
  const { text, status, json } = await resolveDocument(document);
  t.equal(status, 200);
  t.ok(
    text.startsWith(
      `{"document":{"__proto__": 9007199254740993,\n\t"exact":1.0,"big":9007199254740993,"at":[{"username":"app","password":"second"}],
    "url":"db://app@x","not-json":null},"references":[{"reference":"\${secret:numbers#big}"`,
    ),
    text,
  );
  t.match(json, { references: { length: 5 } });
});

test('failures of a JSON document have pointers', async (t) => {
  t.match((await resolveDocument('{"a/b":[1,\n "x {{secret:nothing}}"]}')).json, {
    status: 404,
    errors: [{ pointer: '/a~1b/1', line: 2, column: 5, excerpt: '{{secret:nothing}}\n^' }],
  });
});

test('a default stands in, and is told', async (t) => {
  t.match((await resolve('{{secret:nothing|default:x}}')).json, {
    text: 'x',
    references: [{ path: 'nothing', isDefault: true }],
  });
});

test('a body that cannot be a document is refused', async (t) => {
  t.match((await http.post('/v1/resolve', {})).json, { status: 400, code: 'InvalidBody' });
  t.match((await http.post('/v1/resolve', { text: '', document: 1 })).json, { status: 400, code: 'InvalidBody' });
  t.match((await resolveDocument('{')).json, { status: 400, code: 'InvalidBody' });
  const latin = await http.send({
    method: 'POST',
    path: '/v1/resolve',
    headers: { 'content-type': 'text/plain' },
    body: Buffer.from([0x61, 0xe9]),
  });
  t.match(latin.json, { status: 400, code: 'InvalidBody', detail: 'the body is no UTF-8' });
});
