import { test } from 'tap';
import { isProduction } from '../../src/config/simulation-findings.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { providerKinds } from '../../src/providers/registry.ts';

const load = (simulation: object, more: object = {}) =>
  loadConfig(
    {
      file: 'test',
      text: JSON.stringify({ providers: [{ name: 'files', type: 'local', path: 'x' }], simulation, ...more }),
    },
    providerKinds,
  ).config.simulation;

const refuses = (simulation: object): string => {
  try {
    load(simulation);
  } catch (error) {
    return String(error);
  }
  return 'nothing';
};

test('what an environment is called in production', async (t) => {
  for (const name of ['prod', 'production', 'eu/prod-1', 'PRD', 'shop-live', 'prod2']) t.ok(isProduction(name), name);
  for (const name of ['staging', 'pre-prod', 'non-prod', 'preprod', 'products', 'delivery', ''])
    t.notOk(isProduction(name), name);
  t.throws(() => load({}, { environment: 'prod' }), { message: /'simulation.allowInProduction' must be true/ });
  t.match(load({ allowInProduction: true }, { environment: 'prod' }), { mode: 'live' });
});

test('a simulation with what it needs', async (t) => {
  t.same(load({ mode: 'mock', scenario: 'throttled', faults: [{ clockSkew: '-5m' }] }), {
    mode: 'mock',
    values: 'fake',
    replay: { match: 'key', latencies: 'none', strict: false },
    faults: { seed: 1, scenario: 'throttled', faults: [{ clockSkew: '-5m' }] },
  });
});

test('what is wrong with a fault', async (t) => {
  for (const [fault, sentence] of [
    [{ provider: 'vault' }, /'simulation.faults\[0\].provider' names no provider/],
    [{ path: 'a/**b' }, /'simulation.faults\[0\].path' must be a path pattern/],
    [{ operation: 'put' }, /'simulation.faults\[0\].operation' must be 'get'/],
    [{ latency: 'soon' }, /'simulation.faults\[0\].latency' must be a duration such as/],
    [{ latency: { from: '2s', to: '1s' } }, /'simulation.faults\[0\].latency' must not end before it begins/],
    [{ slowBody: { p50: '2s', p99: '1s' } }, /'simulation.faults\[0\].slowBody' must not end/],
    [{ errorRate: 1.5 }, /'simulation.faults\[0\].errorRate' must be at most 1/],
    [{ code: 'Timeout' }, /'simulation.faults\[0\].code' needs an 'errorRate' or an 'outage'/],
    [{ retryAfter: '1s' }, /'simulation.faults\[0\].retryAfter' needs/],
    [{ outage: { every: '1s', for: '2s' } }, /'simulation.faults\[0\].outage' has a 'for' that is longer/],
    [{ clockSkew: 'late' }, /'simulation.faults\[0\].clockSkew' must be a duration/],
    [{ errorrate: 1 }, /unknown key 'simulation.faults\[0\].errorrate', did you mean/],
  ] as const)
    t.match(refuses({ faults: [fault] }), sentence, JSON.stringify(fault));
  for (const [settings, sentence] of [
    [{ mode: 'record' }, /'simulation.file' is missing: the cassette of the mode 'record'/],
    [{ mode: 'record', file: 'x', values: 'keep' }, /'simulation.key' is missing: real values are sealed/],
    [{ mode: 'dry-run', file: 'x' }, /'simulation.file' is read by no such mode/],
    [{ mode: 'replay', file: 'x', values: 'keep' }, /'simulation.values' is for the mode 'record'/],
  ] as const)
    t.match(refuses(settings), sentence);
  t.match(refuses({ mode: 'replai' }), /'simulation.mode' must be/);
  t.match(refuses({ scenario: 'monday' }), /'simulation.scenario' must be 'brownout'/);
});
