import { test, type Test } from 'tap';
import { discoverRegion } from '../../../src/credentials/aws/region.ts';
import { startMachine, type Machine } from './machine.ts';

const WITH_IMDS = { AWS_EC2_METADATA_DISABLED: 'false' };

/** The region in an environment without `AWS_REGION`. */
function find(machine: Machine, env: Readonly<Record<string, string>>, profile?: string): Promise<string | undefined> {
  const options = machine.options({ env: { ...machine.env, AWS_REGION: '', ...env }, profile });
  return discoverRegion(options, new AbortController().signal);
}

async function startWithConfig(t: Test): Promise<Machine> {
  const machine = await startMachine(t);
  await machine.write(
    '.aws/config',
    '[default]\nregion = eu-west-1\n[profile shop]\nregion = eu-west-2\n[profile bare]\n',
  );
  return machine;
}

test('the environment, the profile, the instance', async (t) => {
  const machine = await startWithConfig(t);
  t.equal(await find(machine, { AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-2' }), 'us-east-1');
  t.equal(await find(machine, { AWS_DEFAULT_REGION: 'us-east-2' }), 'us-east-2');
  t.equal(await find(machine, {}), 'eu-west-1');
  t.equal(await find(machine, { AWS_PROFILE: 'shop' }), 'eu-west-2');
  t.equal(await find(machine, { AWS_PROFILE: 'shop' }, 'default'), 'eu-west-1');
  machine.imds.state.region = 'eu-west-3';
  t.equal(await find(machine, { ...WITH_IMDS, AWS_PROFILE: 'bare' }), 'eu-west-3');
});

test('none is no error', async (t) => {
  const machine = await startMachine(t);
  t.equal(await find(machine, {}), undefined, 'metadata is switched off');
  t.equal(await find(machine, WITH_IMDS), undefined, 'the instance does not say');
  machine.imds.state.region = ' ';
  t.equal(await find(machine, WITH_IMDS), undefined);
  await machine.imds.server.close();
  t.equal(await find(machine, WITH_IMDS), undefined, 'there is no instance');
});

test('a shared file that cannot be read is one', async (t) => {
  const machine = await startMachine(t);
  await machine.write('.aws/config/file', '');
  await t.rejects(find(machine, {}), { name: 'AuthenticationError', message: /config' cannot be read/ });
});
