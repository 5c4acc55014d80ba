import { test } from 'tap';
import { current } from '../../src/core/selector.ts';
import { CallLogger } from '../../src/simulation/call-logger.ts';
import { intercept } from '../../src/simulation/intercept.ts';
import type { Interceptor } from '../../src/simulation/question.ts';
import { SimulationLog } from '../../src/simulation/simulation-log.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeProvider } from '../fakes/fake-provider.ts';
import { textSecret } from '../fakes/secrets.ts';

const call = { signal: new AbortController().signal };
const rotation = { ...call, idempotencyToken: 'a' };

test('every call to a store is a question with the path of its readers', async (t) => {
  const [store, clock] = [new FakeProvider(), new FakeClock()];
  const log = new SimulationLog(clock);
  const passing: Interceptor = { answer: (_, ask) => ask() };
  const interceptor = new CallLogger({ label: 'files', clock, log }, () => passing);
  const provider = intercept(store, { interceptor, toPath: (native) => native.replace(/^prod\//, '') });
  store.toId = (path) => path.replaceAll('/', '--');
  const { id } = provider.locate('prod/db', current);
  let returned = 0;
  const lease = {
    durationMs: 5,
    isRenewable: true,
    renew: () => Promise.resolve(7),
    giveBack: () => Promise.resolve(void returned++),
  };
  store.onGet = () => textSecret('x', { lease });
  const secret = await provider.get({ id, selector: current }, call);
  t.equal(await secret.lease?.renew(call), 7);
  await secret.lease?.giveBack(call);
  t.equal(returned, 1);
  await provider.list({ prefix: 'prod/d', tags: {}, limit: 1 }, call);
  await provider.describe(id, call);
  await provider.versions(id, { limit: 1 }, call);
  await t.rejects(provider.rotate(id, rotation), { code: 'RotationNotConfigured' });
  await provider.health(call);
  await provider.within?.({ mount: 'm' }).describe('prod/x', call);
  const entries = log.find({ kind: 'call', limit: 100 });
  t.same(
    entries.map((entry) => [entry.operation, entry.path]),
    [
      ['get', 'db'],
      ['renew', 'db'],
      ['return', 'db'],
      ['list', 'd'],
      ['describe', 'db'],
      ['versions', 'db'],
      ['rotate', 'db'],
      ['health', ''],
      ['describe', 'x'],
    ],
  );
  t.match(entries[6], { code: 'RotationNotConfigured', id: 'prod--db' });
});

test('the log forgets the oldest, and is filtered', async (t) => {
  const log = new SimulationLog(new FakeClock());
  const access = { kind: 'access', operation: 'get', caller: 'web', cached: false } as const;
  for (let n = 1; n <= 25_000; n++) log.add({ ...access, path: `a/${n}`, provider: n % 2 === 0 ? 'vault' : 'aws' });
  t.equal(log.find({ limit: 100_000 }).length, 10_000);
  t.same(
    log.find({ provider: 'vault', path: 'a/2499*', after: 24_994, limit: 2 }).map(({ n }) => n),
    [24_996, 24_998],
  );
  t.same(log.find({ kind: 'call', limit: 1 }), []);
  t.same(log.find({ operation: 'list', limit: 1 }), []);
  log.clear();
  t.same(log.find({ limit: 1 }), []);
});
