import { test } from 'tap';
import type { ReadAnswer } from '../../src/client/failover.ts';
import type { ReadRequest } from '../../src/client/secret-reader.ts';
import { AccessError } from '../../src/core/errors/access-error.ts';
import { SecretNotFoundError } from '../../src/core/errors/secret-not-found-error.ts';
import { toProblem } from '../../src/http/problem.ts';
import { Resolver } from '../../src/resolver/resolver.ts';
import { ResolveFailure } from '../../src/resolver/resolve-failure.ts';
import { context, createClientRig } from '../client/client-rig.ts';
import { binarySecret, textSecret } from '../fakes/secrets.ts';

const missing = new SecretNotFoundError('SecretDoesNotExist', 'there is no such secret');
const denied = new AccessError('AccessDenied', 'the store refused');

const values = new Map([
  ['db', '{"user":"app","port":5432.0,"deep":{"x":1}}'],
  ['plain', 'hunter2'],
  ['tricky', '{{secret:plain}}$&$1'],
]);

/** A resolver on the real pipeline; `missing` and `denied` fail, `binary` is bytes. */
function createRig() {
  const rig = createClientRig();
  rig.provider.onGet = ({ id, selector }) => {
    if (id === 'missing') throw missing;
    if (id === 'denied') throw denied;
    if (id === 'binary') return binarySecret([255, 0]);
    return textSecret(values.get(id) ?? id, { version: selector.version ?? '1' });
  };
  const asked: ReadRequest[] = [];
  const read = (request: ReadRequest): ReadAnswer | Promise<ReadAnswer> => {
    asked.push(request);
    return rig.read(request);
  };
  return { ...rig, resolver: new Resolver({ read }), asked };
}

/** What it fails with, as the client is told. */
async function failures(text: string) {
  try {
    await createRig().resolver.resolve(text, context);
  } catch (error) {
    if (error instanceof ResolveFailure) return toProblem(error, 'r1');
    throw error;
  }
  throw new Error('nothing failed');
}

test('references are replaced, everything else stays', async (t) => {
  const { resolver } = createRig();
  const text = 'user={{secret:db#user}}\r\nport={{secret:db#port}};{{secret:db#/deep/x}}é{{secret:plain@7}}\n';
  const resolved = await resolver.resolve(text, context);
  t.equal(resolved.text, 'user=app\r\nport=5432.0;1éhunter2\n');
  t.strictSame(resolved.references, [
    { reference: '{{secret:db#user}}', path: 'db', provider: 'files', version: '1', key: 'user' },
    { reference: '{{secret:db#port}}', path: 'db', provider: 'files', version: '1', key: 'port' },
    { reference: '{{secret:db#/deep/x}}', path: 'db', provider: 'files', version: '1', key: '/deep/x' },
    { reference: '{{secret:plain@7}}', path: 'plain', provider: 'files', version: '7' },
  ]);
});

test('text without references comes back as it is', async (t) => {
  const { resolver, asked } = createRig();
  t.strictSame(await resolver.resolve('{{x}} $& ', context), { text: '{{x}} $& ', references: [] });
  t.equal(asked.length, 0);
});

test('what was inserted is never scanned, and no pattern of replacements works in it', async (t) => {
  const { resolver, asked } = createRig();
  const { text } = await resolver.resolve('{{secret:{{secret:tricky}}', context).catch(() => ({ text: '' }));
  t.equal(text, '');
  t.equal(
    (await resolver.resolve('<{{secret:tricky}}{{secret:tricky}}>', context)).text,
    '<{{secret:plain}}$&$1{{secret:plain}}$&$1>',
  );
  t.same(
    asked.map(({ path }) => path),
    ['tricky'],
  );
});

test('halves of references do not meet in the result to be one', async (t) => {
  const { resolver, provider } = createRig();
  provider.onGet = ({ id }) => textSecret(id === 'open' ? '{{secret:' : 'plain}}');
  t.equal((await resolver.resolve('{{secret:open}}{{secret:close}}', context)).text, '{{secret:plain}}');
  t.equal(provider.calls.length, 2);
});

test('a secret is read once for each of its versions, all together, as a `resolve`', async (t) => {
  const { resolver, asked, audited } = createRig();
  await resolver.resolve(
    '{{secret:db#user}}{{secret:db#port}}{{secret:db}}{{secret:db@2}}{{secret:db#user@2}}{{secret:plain}}',
    context,
  );
  t.strictSame(asked, [
    { path: 'db', context, operation: 'resolve' },
    { path: 'db', context, operation: 'resolve', version: '2' },
    { path: 'plain', context, operation: 'resolve' },
  ]);
  t.match(audited, [
    { operation: 'resolve', path: 'db' },
    { operation: 'resolve', path: 'db', version: '2' },
    { operation: 'resolve', path: 'plain' },
  ]);
});

test('all reads run at the same time', async (t) => {
  const { resolver, provider, clock } = createRig();
  const store = provider.hold();
  const resolving = resolver.resolve('{{secret:a}}{{secret:b}}{{secret:c}}', context);
  await clock.advance(0);
  t.equal(provider.calls.length, 3);
  store.answer(textSecret('x'));
  t.equal((await resolving).text, 'xxx');
});

test('all or nothing: every failure is told, in the order of the text', async (t) => {
  const text =
    '{{secret:missing}}\n {{secret:db#nope}} {{secret:db}}{{secret:binary}}\n{{secret:missing}}{{secret:plain#x}}';
  const { errors, errorCount } = await failures(text);
  t.equal(errorCount, 5);
  t.strictSame(errors, [
    {
      reference: '{{secret:missing}}',
      error: 'SecretNotFoundError',
      code: 'SecretDoesNotExist',
      status: 404,
      line: 1,
      column: 1,
    },
    { reference: '{{secret:db#nope}}', error: 'ParseError', code: 'KeyNotFound', status: 422, line: 2, column: 2 },
    {
      reference: '{{secret:binary}}',
      error: 'ParseError',
      code: 'InvalidSecretFormat',
      status: 422,
      line: 2,
      column: 34,
    },
    {
      reference: '{{secret:missing}}',
      error: 'SecretNotFoundError',
      code: 'SecretDoesNotExist',
      status: 404,
      line: 3,
      column: 1,
    },
    { reference: '{{secret:plain#x}}', error: 'ParseError', code: 'JsonParseError', status: 422, line: 3, column: 19 },
  ]);
  t.notMatch(JSON.stringify(await failures(text)), /hunter2|5432/);
});

test('a syntax error fails the call before anything is read', async (t) => {
  const { resolver, asked } = createRig();
  const failure = resolver.resolve('{{secret:db}}{{secret:}}{{secret:missing}}{{secret:a#}}', context);
  await t.rejects(failure, {
    name: 'ResolveFailure',
    failures: [{ reference: '{{secret:}}' }, { reference: '{{secret:a#}}' }],
  });
  t.equal(asked.length, 0);
});

test('the status is that of the weightiest failure', async (t) => {
  const statusOf = async (text: string): Promise<number> => (await failures(text)).status;
  t.equal(await statusOf('{{secret:missing}}{{secret:denied}}{{secret:}}'), 400);
  t.equal(await statusOf('{{secret:missing}}{{secret:plain#x}}{{secret:denied}}'), 403);
  t.equal(await statusOf('{{secret:plain#x}}{{secret:missing}}'), 404);
  t.equal(await statusOf('{{secret:plain#x}}'), 422);
});

test('10,000 references are resolved, one more is refused', async (t) => {
  const { resolver, asked } = createRig();
  const most = await resolver.resolve('{{secret:plain}}'.repeat(10_000), context);
  t.equal(most.text, 'hunter2'.repeat(10_000));
  t.equal(asked.length, 1);
  await t.rejects(resolver.resolve('{{secret:plain}}'.repeat(10_001), context), { code: 'PayloadTooLarge' });
  t.equal(asked.length, 1);
});

test('an error of our own making is not taken for a failed reference', async (t) => {
  const { resolver, provider } = createRig();
  const bug = new TypeError('a bug');
  provider.failWith(bug);
  await t.rejects(resolver.resolve('{{secret:a}}{{secret:b}}', context), bug);
});
