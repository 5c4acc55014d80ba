import { test } from 'tap';
import { AccessError } from '../../src/core/errors/access-error.ts';
import { ProviderError } from '../../src/core/errors/provider-error.ts';
import { textSecret } from '../fakes/secrets.ts';
import { createResolverRig } from './resolver-rig.ts';
import { context } from '../client/client-rig.ts';

const values = new Map([
  ['db', '{"user":"app","port":5432.0,"deep":{"x":1}}'],
  ['plain', 'hunter2'],
]);

test('references are replaced, everything else stays, and what each came from is told', async (t) => {
  const { resolve } = createResolverRig(values);
  const { text, references } = await resolve('u={{secret:db#user}}\r\n${secret:plain@7}é{{secret:x|default:y}}\n');
  t.equal(text, 'u=app\r\nhunter2éy\n');
  t.match(references, [
    {
      reference: { source: '{{secret:db#user}}', path: 'db', key: 'user' },
      origin: { provider: 'files', version: '1' },
    },
    { reference: { source: '${secret:plain@7}', version: '7' }, origin: { provider: 'files', version: '7' } },
    { reference: { source: '{{secret:x|default:y}}' }, origin: undefined },
  ]);
});

test('a secret is read once for each of its versions, all together, as a `resolve`', async (t) => {
  const { resolve, asked, audited, provider } = createResolverRig(values);
  await resolve(
    '{{secret:db#user}}{{secret:db#port}}${secret:db@current}{{secret:db@2}}{{secret:db#user@2}}{{secret:plain|url}}',
  );
  t.strictSame(asked, [
    { path: 'db', context, operation: 'resolve' },
    { path: 'db', version: '2', context, operation: 'resolve' },
    { path: 'plain', context, operation: 'resolve' },
  ]);
  t.equal(provider.calls.length, 3);
  t.match(audited, [
    { operation: 'resolve', path: 'db' },
    { operation: 'resolve', path: 'db', version: '2' },
    { operation: 'resolve', path: 'plain' },
  ]);
  t.equal(audited.length, 3);
});

test('two spellings of a secret get one version, even if it was rotated between the answers', async (t) => {
  const rig = createResolverRig(values, { cache: { ttlMs: 60_000 } });
  let version = 0;
  rig.provider.onGet = () => textSecret(`v${++version}`, { version: String(version) });
  await rig.resolve('{{secret:a}}');
  // The entry is dropped between the two reads, as an invalidation by somebody else would.
  const { pipeline } = rig;
  const readAll = pipeline.secrets.readAll.bind(pipeline.secrets);
  Object.assign(pipeline.secrets, {
    readAll: (...[targets, reader]: Parameters<typeof readAll>) =>
      targets.flatMap((target, index) => {
        if (index === 1) pipeline.fetcher.invalidate(() => true);
        return readAll([target], reader);
      }),
  });
  t.equal((await rig.resolve('{{secret:a}} {{secret:files://a}} {{secret:a|url}}')).text, 'v2 v2 v2');
});

test('all reads run at the same time', async (t) => {
  const { resolve, provider, clock } = createResolverRig(values);
  const store = provider.hold();
  const resolving = resolve('{{secret:a}}{{secret:b}}{{secret:c}}');
  await clock.advance(0);
  t.equal(provider.calls.length, 3);
  store.answer(textSecret('x'));
  t.equal((await resolving).text, 'xxx');
});

test('no more calls to a store at a time than its budget allows', async (t) => {
  const { resolve, provider, clock } = createResolverRig(values, { budget: { perSecond: 10, burst: 5 } });
  provider.onGet = () => textSecret('x');
  const resolving = resolve(Array.from({ length: 20 }, (_, index) => `{{secret:s${index}}}`).join(''));
  await clock.advance(0);
  t.equal(provider.calls.length, 5);
  await clock.advance(500);
  t.equal(provider.calls.length, 10);
  await clock.advance(1_000);
  t.equal((await resolving).text, 'x'.repeat(20));
});

test('a syntax error fails the call before anything is read', async (t) => {
  const { failures, asked } = createResolverRig(values);
  t.match(await failures('{{secret:db}}{{secret:}}{{secret:missing}}{{secret:a#}}'), {
    status: 400,
    errorCount: 2,
    errors: [{ reference: '{{secret:}}' }, { reference: '{{secret:a#}}' }],
  });
  t.equal(asked.length, 0);
});

test('each failure has an excerpt with a caret, and a reference of any length is cut', async (t) => {
  const { failures } = createResolverRig(values);
  const long = `{{secret:${'x'.repeat(5_000)}`;
  const { errors } = await failures(`{{secret:a#b#c}} {{secret:a\tb}} ${long}`);
  t.match(errors?.slice(0, 2), [
    { excerpt: '{{secret:a#b#c}}\n            ^', column: 13 },
    { excerpt: '{{secret:a b}}\n         ^', reference: '{{secret:a\tb}}' },
  ]);
  t.equal(errors?.[2]?.reference, `${long.slice(0, 256)}…`);
});

test('the status is that of the weightiest failure', async (t) => {
  const statusOf = async (text: string): Promise<number> => {
    const rig = createResolverRig(values);
    const { onGet } = rig.provider;
    rig.provider.onGet = (location, call) => {
      if (location.id === 'denied') throw new AccessError('AccessDenied', 'the store refused');
      return onGet(location, call);
    };
    return (await rig.failures(text)).status;
  };
  t.equal(await statusOf('{{secret:missing}}{{secret:denied}}{{secret:}}'), 400);
  t.equal(await statusOf('{{secret:missing}}{{secret:plain#x}}{{secret:denied}}'), 403);
  t.equal(await statusOf('{{secret:plain#x}}{{secret:missing}}'), 404);
  t.equal(await statusOf('{{secret:plain#x}}'), 422);
});

test('a default covers no refusal and no outage', async (t) => {
  for (const error of [new AccessError('AccessDenied', 'no'), new ProviderError('InternalError', 'broken')]) {
    const { failures, provider, clock } = createResolverRig(values);
    provider.failWith(error);
    const failing = failures('{{secret:a|default:x}}');
    await clock.advance(60_000);
    t.match((await failing).errors, [{ code: error.code }]);
  }
  const { resolver } = createResolverRig(values);
  const denied = resolver.resolve({ format: 'text', text: '{{secret:a|default:x}}' }, { ...context, caller: 'web' });
  await t.rejects(denied, { errors: [{ code: 'PolicyDenied' }] });
});

test('a hundred failures are listed and all are counted', async (t) => {
  const { failures } = createResolverRig(values);
  const { errors, errorCount } = await failures('{{secret:missing}}\n'.repeat(150));
  t.equal(errors?.length, 100);
  t.equal(errorCount, 150);
});

test('10,000 references are resolved, one more is refused', async (t) => {
  const { resolve, asked } = createResolverRig(values);
  const most = await resolve('{{secret:plain}}'.repeat(10_000));
  t.equal(most.text, 'hunter2'.repeat(10_000));
  t.equal(asked.length, 1);
  await t.rejects(resolve('{{secret:plain}}'.repeat(10_001)), { code: 'PayloadTooLarge' });
  t.equal(asked.length, 1);
});

test('what would be larger than 16 MiB is refused', async (t) => {
  const { resolve } = createResolverRig(new Map([['large', 'x'.repeat(1_048_576)]]));
  t.equal((await resolve('{{secret:large}}'.repeat(16))).text.length, 16 * 1_048_576);
  await t.rejects(resolve('{{secret:large}}'.repeat(17)), { code: 'PayloadTooLarge' });
});

test('it is refused before it is made, whatever filters make of a value', async (t) => {
  const { resolve } = createResolverRig(new Map([['quotes', '"'.repeat(200_000)]]));
  await t.rejects(resolve(`{{secret:quotes${'|json'.repeat(8)}}}`), { code: 'PayloadTooLarge' });
  const different = Array.from({ length: 10_000 }, (_, index) => `{{secret:quotes|url|default:${index}}}`);
  await t.rejects(resolve(different.join('')), { code: 'PayloadTooLarge' });
});

test('the pointer of what nests very deeply is left out', async (t) => {
  const { failures } = createResolverRig(values);
  const at = (depth: number) => failures(`${'['.repeat(depth)}"{{secret:nothing}}"${']'.repeat(depth)}`, 'json');
  t.equal((await at(512)).errors?.[0]?.pointer?.length, 1_024);
  t.match(await at(513), { errors: [{ pointer: undefined, column: 515 }] });
});

test('YAML that nests deeper than 1,000 levels is refused', async (t) => {
  const { resolve } = createResolverRig(values);
  const at = (depth: number) => `${'['.repeat(depth)}{{secret:plain}}${']'.repeat(depth)}\n`;
  t.match((await resolve(at(900), 'yaml')).text, /hunter2/);
  await t.rejects(resolve(at(1_000), 'yaml'), {
    code: 'InvalidBody',
    message: /deeper than 1000 levels in line 1, column/,
  });
});

test('an error of our own making is not taken for a failed reference', async (t) => {
  const { resolve, provider } = createResolverRig(values);
  const bug = new TypeError('a bug');
  provider.failWith(bug);
  await t.rejects(resolve('{{secret:a}}{{secret:b}}'), bug);
});
