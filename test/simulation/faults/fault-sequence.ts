// Prints the faults that a hundred reads meet with the seed that is given.
import { describePlan } from '../../../src/simulation/faults/fault-plan.ts';
import { Faults } from '../../../src/simulation/faults/faults.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

const clock = new FakeClock();
const faults = new Faults(clock, { seed: Number(process.argv[2]), scenario: 'brownout', faults: [{ staleRate: 0.2 }] });
for (let read = 0; read < 100; read++) {
  const plan = faults.plan({ provider: 'vault', label: 'vault', operation: 'get', path: `db/${read % 7}` });
  process.stdout.write(`${read}: ${describePlan(plan).join(', ')} ${plan.latencyMs}\n`);
}
