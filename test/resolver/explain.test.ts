import { test } from 'tap';
import { context } from '../client/client-rig.ts';
import { createResolverRig } from './resolver-rig.ts';

const values = new Map([['plain', 'hunter2']]);

test('it tells where each reference leads and what the cache has, reads nothing and records nothing', async (t) => {
  const { explain, resolve, failures, provider, audited, clock } = createResolverRig(values, {
    cache: { ttlMs: 60_000 },
  });
  await resolve('{{secret:plain}}');
  await failures('{{secret:nothing}}');
  const [calls, records] = [provider.calls.length, audited.length];
  const text = '{{secret:plain}}\n {{secret:nothing}}{{secret:cold#k@2|url}}{{secret:other://x}}{{secret:plain}}';
  const rows = await explain(text);
  t.match(rows, [
    { reference: { path: 'plain' }, line: 1, column: 1, outlook: { provider: 'files', cache: 'fresh' } },
    { reference: { path: 'nothing' }, line: 2, column: 2, outlook: { provider: 'files', cache: 'absent' } },
    { reference: { path: 'cold', key: 'k' }, outlook: { provider: 'files', cache: 'none' } },
    { outlook: { code: 'InvalidProvider' } },
    { line: 2, outlook: { cache: 'fresh' } },
  ]);
  await clock.advance(120_000);
  t.match(await explain('{{secret:plain}}'), [{ outlook: { cache: 'stale' } }]);
  t.equal(provider.calls.length, calls);
  t.equal(audited.length, records);
});

test('of a refused one only that it is refused', async (t) => {
  const { explain } = createResolverRig(values);
  t.match(await explain('{{secret:plain}}', 'text', { ...context, caller: 'web' }), [{ outlook: 'refused' }]);
});

test('places in a JSON document have pointers, and malformed references are told as ever', async (t) => {
  const { explain } = createResolverRig(values);
  t.match(await explain('{"a":["{{secret:plain}}"]}', 'json'), [{ pointer: '/a/0', column: 8 }]);
  await t.rejects(explain('{{secret:}}'), { name: 'ResolveFailure' });
});
