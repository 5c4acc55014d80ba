import { test } from 'tap';
import { CacheEntry } from '../../src/cache/cache-entry.ts';
import type { ReadAnswer } from '../../src/client/failover.ts';
import type { Secret } from '../../src/core/secret.ts';
import { type BodyChoice, createSecretBodies, representationName } from '../../src/http/secret-body.ts';
import { identity } from '../cache/cache-rig.ts';
import { binarySecret, textSecret } from '../fakes/secrets.ts';

const answerOf = (secret: Secret, path = 'db'): ReadAnswer => ({
  entry: new CacheEntry(identity(path), secret, { fetchedAtMs: 0, expiresAtMs: 1, staleUntilMs: 1 }),
  outcome: 'hit',
});

const bodies = createSecretBodies();
const json = { path: 'db', raw: false };
const raw = { path: 'db', raw: true };
const text = (secret: Secret, choice: BodyChoice): string =>
  String(bodies.build(answerOf(secret), choice).body.expose());

test('a text', async (t) => {
  const { contentType, bytes, body } = bodies.build(answerOf(textSecret('pässword')), json);
  t.equal(contentType, 'application/json; charset=utf-8');
  t.equal(bytes, Buffer.byteLength(body.expose()));
  t.strictSame(JSON.parse(String(body.expose())), {
    path: 'db',
    provider: 'files',
    value: 'pässword',
    encoding: 'utf8',
    version: '1',
    stages: ['current'],
    metadata: { name: 'name' },
  });
});

test('a document is told twice: as it is kept, and parsed; numbers and names survive', async (t) => {
  const value = ' {"n": 9007199254740993, "f":1.0, "__proto__":{"a":1}, "n2":1e2}\n';
  const body = text(textSecret(value), json);
  t.equal(JSON.parse(body).value, value);
  t.ok(body.endsWith(`,"data":${value}}`));
  t.equal(JSON.parse(body).data.f, 1);
});

test('a key is its text, and its value as it is written', async (t) => {
  const secret = textSecret('{"n": 9007199254740993, "s":"a\\nb"}');
  t.match(text(secret, { ...json, key: 'n' }), '"value":"9007199254740993"');
  t.match(text(secret, { ...json, key: 'n' }), /"data":9007199254740993\}$/);
  t.match(JSON.parse(text(secret, { ...json, key: 's' })), { value: 'a\nb', data: 'a\nb', encoding: 'utf8' });
  t.throws(() => text(secret, { ...json, key: 'x' }), { code: 'KeyNotFound' });
});

test('bytes are base64', async (t) => {
  t.match(JSON.parse(text(binarySecret([255, 0, 1]), json)), { value: '/wAB', encoding: 'base64' });
  t.notOk('data' in JSON.parse(text(binarySecret([123, 125]), json)));
});

test('raw is the value alone', async (t) => {
  const plain = bodies.build(answerOf(textSecret('p\n')), raw);
  t.same([plain.body.expose(), plain.contentType, plain.bytes], ['p\n', 'text/plain; charset=utf-8', 2]);
  const key = bodies.build(answerOf(textSecret('{"a":"x\\ty"}')), { ...raw, key: 'a' });
  t.same([key.body.expose(), key.contentType], ['x\ty', 'text/plain; charset=utf-8']);
  const binary = bodies.build(answerOf(binarySecret([255, 0])), raw);
  t.same([binary.body.expose(), binary.contentType], [Uint8Array.from([255, 0]), 'application/octet-stream']);
});

test('every known field of the metadata is told, and no other one leaves', async (t) => {
  const date = new Date('2026-01-02T03:04:05.678Z');
  const known = {
    name: 'n',
    arn: 'a',
    description: 'd',
    currentVersion: '2',
    stages: ['s'],
    tags: { k: 'v' },
    rotationEnabled: true,
    nextRotation: date,
    createdAt: date,
    updatedAt: date,
    lastAccessed: date,
  };
  const metadata = Object.assign({ leaseToken: 'kf-hidden' }, known);
  const secret = textSecret('x', { createdAt: date, updatedAt: date, ttlMs: 5, metadata });
  Object.assign(secret, { upstream: 'kf-hidden' });
  const body = text(secret, json);
  t.strictSame(JSON.parse(body), {
    path: 'db',
    provider: 'files',
    value: 'x',
    encoding: 'utf8',
    version: '1',
    stages: ['current'],
    createdAt: date.toISOString(),
    updatedAt: date.toISOString(),
    metadata: JSON.parse(JSON.stringify(known)),
  });
  t.notMatch(body, 'kf-hidden');
});

test('an entity tag is of one representation of one value in one process', async (t) => {
  const secret = textSecret('{"a":"x"}');
  const etag = (secret: Secret, choice: BodyChoice = json, path = 'db'): string =>
    bodies.build(answerOf(secret, path), choice).etag;
  const tags = [
    etag(secret),
    etag(secret, raw),
    etag(secret, { ...json, key: 'a' }),
    etag(secret, { ...raw, key: 'a' }),
    etag(secret, { ...json, path: 'alias' }),
    etag(secret, json, 'other'),
    etag({ ...secret, version: '2' }),
    etag(textSecret('{"a":"y"}')),
    createSecretBodies().build(answerOf(secret), json).etag,
  ];
  t.equal(new Set(tags).size, tags.length);
  t.equal(etag(textSecret('{"a":"x"}')), tags[0], 'and always the same for the same');
  for (const tag of tags) t.match(tag, /^"[\w-]{22}"$/);
});

test('the common body has a name that costs nothing; no two choices share one', async (t) => {
  t.equal(representationName(json, 'db'), '');
  const names = [
    representationName(json, 'DB'),
    representationName(raw, 'db'),
    representationName({ ...json, key: '' }, 'db'),
    representationName({ ...json, key: 'null' }, 'db'),
    representationName({ ...raw, key: 'a' }, 'db'),
    representationName({ path: 'other', raw: true, key: 'a' }, 'db'),
    '',
  ];
  t.equal(new Set(names).size, names.length);
});
