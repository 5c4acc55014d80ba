import type { Test } from 'tap';
import type { AwsIdentityOptions } from '../../../src/credentials/aws/chain.ts';
import { createAwsIdentity } from '../../../src/credentials/aws/chain.ts';
import type { AwsIdentity } from '../../../src/credentials/aws/credentials.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { startMachine, type Machine } from './machine.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** A machine on a clock that stands still, with an identity in it. */
export interface ClockedMachine extends Machine {
  readonly clock: FakeClock;
  readonly identity: AwsIdentity;
  /** The access key id in use. */
  key(): Promise<string>;
  /** Moves time, and waits until the identity has made so many calls in all. */
  advanceTo(ms: number, calls: number): Promise<void>;
}

/** @param setUp says what the identity is made of, once there are files and fakes to name. */
export async function startClocked(
  t: Test,
  setUp: (machine: Machine) => Partial<AwsIdentityOptions> | Promise<Partial<AwsIdentityOptions>>,
): Promise<ClockedMachine> {
  const clock = new FakeClock();
  const machine = await startMachine(t, clock);
  const { env, ...changes } = await setUp(machine);
  const identity = createAwsIdentity(machine.options({ ...changes, env: { ...machine.env, ...env } }));
  t.teardown(() => identity.close());
  return {
    ...machine,
    clock,
    identity,
    key: async () => (await identity.credentials(new AbortController().signal)).accessKeyId,
    async advanceTo(ms, calls) {
      await clock.advance(ms);
      while (machine.identityCalls.length < calls) await new Promise(setImmediate);
      // What has been answered is taken over in a few turns.
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    },
  };
}
