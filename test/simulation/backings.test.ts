import { test } from 'tap';
import type { Scope } from '../../src/core/provider.ts';
import { isArn } from '../../src/providers/aws/locate-secret.ts';
import { spellPattern } from '../../src/providers/aws/spell-pattern.ts';
import type { Backing } from '../../src/simulation/backing.ts';
import { createDryRuns, createRecording, createReplay, live } from '../../src/simulation/backings.ts';
import { CassetteWriter } from '../../src/simulation/cassette/cassette-writer.ts';
import { Tape } from '../../src/simulation/cassette/tape.ts';
import { Simulation } from '../../src/simulation/simulation.ts';
import { RecordingLog } from '../contract/recording-log.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeProvider } from '../fakes/fake-provider.ts';

const clock = new FakeClock();
const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/db-AbCdEf';

function createStore(): FakeProvider {
  const mountOf = ({ mount = 'secret' }: Scope): string => mount;
  const isSamePlace = (a: Scope, b: Scope): boolean => mountOf(a) === mountOf(b);
  return Object.assign(new FakeProvider('aws'), { isFullIdentifier: isArn, spellPattern, isSamePlace });
}

// Without them an ARN leads out of the environment, and a deny counts for one spelling alone.
test('whatever stands before a store, the policy knows how it names secrets', async (t) => {
  const writer = new CassetteWriter({ file: `${t.testdir({})}/day.cassette`, clock, log: new RecordingLog() });
  const tape = new Tape([], { file: 'day', match: 'key' });
  const backings: Readonly<Record<string, Backing>> = {
    live,
    'dry run': createDryRuns(new RecordingLog()),
    record: createRecording(writer, { clock, keep: (value) => value }),
    replay: createReplay({ tape, clock, hasLatencies: false }, false),
  };
  for (const [mode, backing] of Object.entries(backings)) {
    const simulation = new Simulation({ mode: 'record', faults: { seed: 1, faults: [] }, backing, clock });
    const provider = simulation.provide({ name: 'aws', label: 'aws', type: 'aws', create: createStore });
    t.equal(provider.isFullIdentifier?.(ARN), true, mode);
    t.equal(provider.isFullIdentifier?.('app/db'), false, mode);
    t.equal(provider.spellPattern, spellPattern, mode);
    t.equal(provider.isSamePlace?.({}, { mount: 'secret' }), true, mode);
    t.equal(provider.isSamePlace?.({}, { mount: 'kv' }), false, mode);
  }
});
