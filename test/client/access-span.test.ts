import { test } from 'tap';
import { RequestError } from '../../src/core/errors/request-error.ts';
import type { BatchReader } from '../../src/core/provider.ts';
import { FakeTracer } from '../fakes/fake-tracer.ts';
import { textSecret } from '../fakes/secrets.ts';
import {
  type ClientRig,
  context,
  createClientRig,
  DEADLINE_MS,
  type RigOptions,
  toCaller,
  TTL_MS,
} from './client-rig.ts';
import { createPair, down } from './failover-rig.ts';

function setUp(options: RigOptions = {}) {
  const tracer = new FakeTracer();
  return { tracer, ...createClientRig({ ...options, tracer }) };
}

const settled = async ({ clock }: ClientRig, work: unknown): Promise<unknown> => {
  const done = Promise.resolve(work).catch((error: unknown) => error);
  await clock.advance(DEADLINE_MS);
  return done;
};

test('the record of an access tells the trace of its span', async (t) => {
  const { tracer, read, audited } = setUp();
  await read();
  const [span] = tracer.named('secrets.get');
  t.match(audited, [{ context: { ...context, trace: span?.context } }]);
  t.strictSame(span?.attributes, { secret_path: 'a', version: '1', provider: 'files', cached: false });
  t.strictSame([span?.ends, span?.error], [1, undefined]);
  const untraced = createClientRig();
  await untraced.read();
  t.equal(untraced.audited[0]?.context, context, 'without traces nothing is changed');
});

test('who joins a question has a span, and the question one within that of who asked', async (t) => {
  const rig = setUp();
  const held = rig.provider.hold();
  const reads = [rig.read(), rig.read()];
  held.answer(textSecret('value'));
  for (const read of reads) await read;
  t.equal(rig.tracer.named('secrets.get').length, 2);
  t.match(rig.tracer.named('secrets.provider.get'), [
    { isCall: true, parent: { spanId: '1' }, attributes: { provider: 'files', attempt: 1 }, ends: 1 },
  ]);
  await rig.clock.advance(2_000);
  await rig.read({ fresh: true });
  const [, , fresh] = rig.tracer.named('secrets.get');
  t.equal(rig.tracer.named('secrets.provider.get')[1]?.parent, fresh?.context);
});

test('what nobody waits for is not told of', async (t) => {
  const rig = setUp({ cache: { refreshAheadMs: 60_000 } });
  await rig.read();
  await rig.clock.advance(1_000);
  await rig.read();
  await rig.clock.advance(TTL_MS);
  t.equal(rig.provider.calls.length, 2, 'it was read anew');
  await rig.pipeline.secrets.touch({ path: 'b', context });
  t.equal(rig.provider.calls.length, 3, 'a watch has looked');
  t.strictSame(
    rig.tracer.spans.map(({ name }) => name),
    ['secrets.get', 'secrets.provider.get', 'secrets.get'],
  );
});

test('each source that is asked is told of in the same read', async (t) => {
  const tracer = new FakeTracer();
  const pair = createPair({ tracer });
  pair.provider.failWith(down);
  await settled(pair, pair.read());
  const [read] = tracer.named('secrets.get');
  t.match(read?.attributes, { provider: 'backup', cached: false });
  const calls = tracer.named('secrets.provider.get');
  t.match(calls, [{ attributes: { provider: 'files' } }, { attributes: { provider: 'backup' } }]);
  t.match(calls[0]?.error, { code: 'ConnectionFailed' });
  t.ok(calls.every(({ parent }) => parent === read?.context));
});

test('a call for several secrets is told of in the first of them', async (t) => {
  const rig = setUp();
  const batch: BatchReader = {
    maxSize: 3,
    takes: () => true,
    get: async (locations) => locations.map(({ id }) => textSecret(id)),
  };
  Object.assign(rig.provider, { batch });
  const targets = ['a', 'b'].map((path) => ({ path }));
  for (const answer of rig.pipeline.secrets.readAll(targets, { context })) await settled(rig, answer);
  const [first] = rig.tracer.named('secrets.get');
  t.match(rig.tracer.named('secrets.provider.batch'), [{ parent: first?.context, ends: 1 }]);
  t.equal(rig.tracer.spans.length, 3);
});

test('a stale answer is marked, and is no failure', async (t) => {
  const rig = setUp();
  await rig.read();
  await rig.clock.advance(TTL_MS + 1);
  rig.provider.failWith(down);
  await settled(rig, rig.read());
  const [, stale] = rig.tracer.named('secrets.get');
  t.match(stale?.attributes, { cached: true, stale: true, version: '1' });
  t.equal(stale?.error, undefined);
});

test('an access that cannot be recorded is one that failed', async (t) => {
  const unwritable = new RequestError('AuditUnavailable', 'no audit');
  const rig = setUp();
  await rig.read();
  const { recorder } = rig.pipeline;
  recorder.succeeded = () => {
    throw unwritable;
  };
  t.throws(() => rig.read(), unwritable);
  const [, span] = rig.tracer.named('secrets.get');
  t.equal(span?.error, unwritable);
});

test('lists, descriptions, histories and rotations: each call within its access', async (t) => {
  const rig = setUp({ callers: [toCaller('tagged', { operations: ['list'], tags: { team: 'shop' } })] });
  const { pipeline, tracer } = rig;
  rig.provider.onList = () => ({ items: [{ name: 'a' }, { name: 'b' }] });
  const list = { prefix: 'p', tags: {}, limit: 10 };
  const operator = { ...context, caller: 'operator' };
  await settled(rig, pipeline.metadata.list({ ...list, prefix: '', context }));
  await settled(
    rig,
    pipeline.metadata.list({ ...list, tags: { team: 'none' }, context: { ...context, caller: 'tagged' } }),
  );
  await settled(rig, pipeline.metadata.list({ ...list, context: operator }));
  await settled(rig, pipeline.metadata.describe({ path: 'a', context }));
  await settled(rig, pipeline.metadata.versions({ path: 'a', limit: 1, context }));
  await settled(rig, pipeline.rotator.rotate({ path: 'a', context: operator }));
  t.match(
    tracer.spans.map(({ name, attributes, error }) => [name, attributes, error === undefined]),
    [
      ['secrets.list', { prefix: '', provider: 'files', count: 2 }, true],
      ['secrets.provider.list', { provider: 'files', attempt: 1 }, true],
      ['secrets.list', { prefix: 'p', provider: 'files', count: 0 }, true],
      ['secrets.list', { prefix: 'p', provider: undefined }, false],
      ['secrets.describe', { secret_path: 'a', provider: 'files' }, true],
      ['secrets.provider.describe', {}, true],
      ['secrets.describe', { secret_path: 'a', provider: 'files' }, true],
      ['secrets.provider.versions', {}, true],
      ['secrets.rotate', { secret_path: 'a', provider: 'files' }, false],
      ['secrets.provider.rotate', {}, false],
    ],
  );
  for (const [index, span] of tracer.spans.entries())
    if (span.isCall) t.equal(span.parent, tracer.spans[index - 1]?.context, span.name);
  t.ok(tracer.spans.every(({ ends }) => ends === 1));
});
