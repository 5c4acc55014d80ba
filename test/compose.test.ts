import { type Test, test } from 'tap';
import { compose, forgetReplaced, retire } from '../src/compose.ts';
import type { Composition, Surroundings } from '../src/compose/composition.ts';
import type { Config } from '../src/config/config.ts';
import type { ProviderKind } from '../src/core/provider.ts';
import type { SecretEvent } from '../src/core/secret-event.ts';
import { EventHub } from '../src/notifications/event-hub.ts';
import { atOnce, context, noMetrics, testConfig, told } from './client/client-rig.ts';
import { LendingStore } from './client/leases.ts';
import { RecordingLog } from './contract/recording-log.ts';
import { FakeClock } from './fakes/fake-clock.ts';
import { FakeProvider } from './fakes/fake-provider.ts';

/** A provider that tells whether it runs. */
class RunningProvider extends FakeProvider {
  readonly options: unknown;
  state = 'new';

  constructor(name: string, options: unknown) {
    super(name);
    this.options = options;
  }

  override async start(): Promise<void> {
    if (this.name === 'wrong') throw new Error('it can never work');
    this.state = 'started';
  }

  override async close(): Promise<void> {
    this.state = 'closed';
  }
}

function createRig(t: Test) {
  const clock = new FakeClock();
  const made: RunningProvider[] = [];
  const events: SecretEvent[] = [];
  const hub = new EventHub(clock);
  hub.subscribe((event) => events.push(event));
  const replicas = () => ['eu', 'us'].map((name) => ({ name, options: { region: name } }));
  const kind: ProviderKind = {
    type: 'local',
    schema: { properties: {} },
    create: (name, options) => {
      const provider = new RunningProvider(name, options);
      made.push(provider);
      return provider;
    },
  };
  const around: Surroundings = {
    events: hub,
    metrics: noMetrics(),
    clock,
    log: new RecordingLog(),
    random: () => 0.5,
    kinds: [kind, { ...kind, type: 'aws', replicas }],
    onStoreChange: () => undefined,
    onBreakerChange: () => undefined,
  };
  const composed: Composition[] = [];
  const make = async (config: Partial<Config>, previous?: Composition): Promise<Composition> => {
    const composition = await compose(around, { ...testConfig(), audit: noAudit, ...config }, previous);
    composed.push(composition);
    return composition;
  };
  t.teardown(async () => {
    for (const each of composed) await retire(each);
  });
  return { clock, made, around, make, events };
}

const noAudit = { enabled: false, sink: 'stdout', failClosed: false };
const provider = (name: string, options: Readonly<Record<string, unknown>> = {}) => ({
  name,
  type: 'local' as const,
  attemptTimeoutMs: 3_000,
  options,
});
const files = { defaultProvider: 'files', providers: [provider('files')] };
const read = (composition: Composition, path = 'a') => composition.client.read({ path, context });

test('each copy of a store is a source of its own', async (t) => {
  const { make, made } = createRig(t);
  const { instances, client } = await make({
    defaultProvider: 'aws',
    providers: [{ ...provider('aws', { regions: ['eu', 'us'] }), type: 'aws' }, provider('files')],
  });
  t.same(
    [...instances.values()].flat().map(({ name, replica, label }) => [name, replica, label]),
    [
      ['aws', 'eu', 'aws/eu'],
      ['aws', 'us', 'aws/us'],
      ['files', undefined, 'files'],
    ],
  );
  t.same(
    made.map(({ options, state }) => [options, state]),
    [
      [{ region: 'eu' }, 'started'],
      [{ region: 'us' }, 'started'],
      [{}, 'started'],
    ],
  );
  t.match(client.status(), [{ label: 'aws/eu', region: 'eu' }, { label: 'aws/us', region: 'us' }, { label: 'files' }]);
});

test('what has not changed is taken over: sources, entries', async (t) => {
  const { make, made } = createRig(t);
  const before = await make(files);
  await read(before);
  const after = await make({ ...files, deadlineMs: 5_000 }, before);
  after.client.takeOver(before.client);
  forgetReplaced(before, after);
  t.equal(made.length, 1);
  t.equal(after.instances.get('files')?.[0], before.instances.get('files')?.[0]);
  t.same(told(atOnce(read(after))), ['hit', 'value of a']);
  await retire(before, after);
  t.equal(made[0]?.state, 'started');
});

test('a provider that has changed is replaced, and its entries are dropped', async (t) => {
  const { make, made } = createRig(t);
  const both = (options: Readonly<Record<string, unknown>>) => ({
    defaultProvider: 'files',
    providers: [provider('files'), provider('vault', options)],
  });
  const before = await make(both({ address: 1 }));
  await read(before);
  await before.client.read({ path: 'b', provider: 'vault', context });
  const after = await make(both({ address: 2 }), before);
  after.client.takeOver(before.client);
  forgetReplaced(before, after);
  atOnce(read(after));
  t.ok(after.client.read({ path: 'b', provider: 'vault', context }) instanceof Promise);
  await retire(before, after);
  t.same(
    made.map(({ name, state }) => `${name} ${state}`),
    ['files started', 'vault closed', 'vault started'],
  );
});

test('a change of the budget alone forgets no value', async (t) => {
  const { make } = createRig(t);
  const before = await make(files);
  await read(before);
  const after = await make({ ...files, budget: { perSecond: 7, burst: 7 } }, before);
  after.client.takeOver(before.client);
  forgetReplaced(before, after);
  t.equal(after.instances.get('files')?.[0]?.budget.perSecond, 7);
  t.same(told(atOnce(read(after))), ['hit', 'value of a']);
  await retire(before, after);
});

test('with a provider that can never work nothing is changed', async (t) => {
  const { make, made } = createRig(t);
  const before = await make(files);
  await read(before);
  const wrong = { defaultProvider: 'files', providers: [provider('files'), provider('new'), provider('wrong')] };
  await t.rejects(make(wrong, before), { message: 'it can never work' });
  t.same(
    made.map(({ name, state }) => `${name} ${state}`),
    ['files started', 'new closed', 'wrong closed'],
  );
  t.same(told(atOnce(read(before))), ['hit', 'value of a']);
});

/** Two compositions on one store that lends its values, `a` read through the first. */
async function withLease(t: Test) {
  const rig = createRig(t);
  const before = await rig.make(files);
  const [store] = rig.made;
  if (store === undefined) throw new Error('no provider was made');
  const lending = new LendingStore(store, rig.clock);
  await read(before);
  const after = await rig.make({ ...files, deadlineMs: 5_000 }, before);
  return { ...rig, before, after, lending };
}

test('a new composition that is given up gives back nothing that the old one still serves', async (t) => {
  const { before, after, lending } = await withLease(t);
  await retire(after, before);
  t.same(lending.alive, ['lent 1']);
  t.same(told(atOnce(read(before))), ['hit', 'lent 1']);
  await retire(before);
  t.same(lending.alive, []);
});

test('one that takes over keeps what was lent, and gives it back when it ends itself', async (t) => {
  const { before, after, lending } = await withLease(t);
  after.client.takeOver(before.client);
  await retire(before, after);
  t.same(lending.alive, ['lent 1']);
  t.same(told(atOnce(read(after))), ['hit', 'lent 1']);
  await retire(after);
  t.same(lending.alive, []);
});

test('what the old one is lent by its last reads is not given back while the new one serves it', async (t) => {
  const { before, after, lending } = await withLease(t);
  after.client.takeOver(before.client);
  await read(before, 'late');
  after.client.takeOver(before.client);
  await retire(before, after);
  t.same(told(atOnce(read(after, 'late'))), ['hit', 'lent 2']);
  t.same(lending.alive, ['lent 1', 'lent 2']);
});

test('a lease is renewed by the new one alone', async (t) => {
  const { before, after, lending, clock } = await withLease(t);
  after.client.adoptEntries();
  after.client.takeOver(before.client);
  for (let second = 0; second < 50; second++) {
    atOnce(read(after));
    await clock.advance(1_000);
  }
  t.equal(lending.lent[0]?.renewals, 1);
  t.equal(lending.lent.length, 1);
  await retire(before, after);
});

test('what the old one had replaced just before is given back after its grace', async (t) => {
  const rig = createRig(t);
  const before = await rig.make({ ...files, cache: { ...testConfig().cache, gracePeriodMs: 20_000 } });
  const [store] = rig.made;
  if (store === undefined) throw new Error('no provider was made');
  const lending = new LendingStore(store, rig.clock);
  await read(before);
  await rig.clock.advance(2_000);
  await before.client.read({ path: 'a', fresh: true, context });
  const after = await rig.make({ ...before.config, deadlineMs: 5_000 }, before);
  after.client.takeOver(before.client);
  await retire(before, after);
  t.same(lending.alive, ['lent 1', 'lent 2']);
  await rig.clock.advance(20_000);
  t.same(lending.alive, ['lent 2']);
});
