import { test } from 'tap';
import { faults, type Fault } from '../../fakes/fake-vault.ts';
import { approleAuth, call, fails, startRig } from './vault-rig.ts';

const UNAVAILABLE = 'ProviderError/ProviderUnavailable';

interface Node {
  readonly status?: number;
  readonly initialized?: boolean;
  readonly sealed?: boolean;
  readonly standby?: boolean;
  readonly performance_standby?: boolean;
  readonly replication_dr_mode?: string;
  readonly version?: string;
}

const node =
  ({ status = 200, ...state }: Node): Fault =>
  () => ({ status, text: JSON.stringify({ initialized: true, sealed: false, standby: false, ...state }) });

const failing: Readonly<Record<string, { readonly fault: Fault; readonly message: RegExp }>> = {
  sealed: { fault: node({ status: 503, sealed: true, standby: true }), message: /is sealed: .* unseal it/ },
  uninitialised: {
    fault: node({ status: 501, initialized: false, sealed: true, standby: true }),
    message: /not initialised: .*'operator init'/,
  },
  'a disaster recovery secondary': {
    fault: node({ status: 472, standby: true, replication_dr_mode: 'secondary' }),
    message: /disaster recovery secondary.*'address'/,
  },
  'a disaster recovery secondary behind something that changes the status': {
    fault: node({ standby: true, replication_dr_mode: 'secondary' }),
    message: /disaster recovery secondary/,
  },
  'a standby without an active node': { fault: faults.standby, message: /no node is active/ },
  'an unknown status': { fault: node({ status: 599 }), message: /599|not of a Vault/ },
  'no Vault at all': { fault: faults.proxy(200), message: /not of a Vault: see 'address'/ },
};

for (const [name, { fault, message }] of Object.entries(failing))
  test(`health: ${name}`, async (t) => {
    const rig = await startRig(t);
    rig.vault.fault = (request) => (request.path === 'sys/health' ? fault(request) : undefined);
    t.match((await fails(t, rig.provider.health(call), UNAVAILABLE)).message, message);
  });

const serving: Readonly<Record<string, { readonly fault: Fault; readonly fact: string }>> = {
  active: { fault: node({ version: '2.7.2' }), fact: 'the store is unsealed and active (2.7.2)' },
  'a version that is none': {
    fault: node({ version: 'http://127.0.0.1' }),
    fact: 'the store is unsealed and active',
  },
  'a standby': { fault: node({ standby: true }), fact: 'the store is unsealed and answers from a standby' },
  'a performance standby': {
    fault: node({ status: 473, performance_standby: true, version: '1.17.0+ent' }),
    fact: 'the store is unsealed and answers from a performance standby (1.17.0+ent)',
  },
};

for (const [name, { fault, fact }] of Object.entries(serving))
  test(`health: ${name}`, async (t) => {
    const rig = await startRig(t);
    rig.vault.fault = (request) => (request.path === 'sys/health' ? fault(request) : undefined);
    t.equal((await rig.provider.health(call))[0], fact);
  });

test('health says who we are, and nothing secret', async (t) => {
  const rig = await startRig(t, { auth: approleAuth });
  const facts = await rig.provider.health(call);
  t.same(facts.slice(1), [
    "the login by 'approle' works",
    'the service token has 2 policies and ends in 60 min, if it is not renewed before',
  ]);
  t.notMatch(facts.join(), /login-token|accessor/);
  const given = await startRig(t);
  t.same((await given.provider.health(call)).slice(1), [
    "the token of 'auth.token' is accepted",
    'the service token has 2 policies and does not end, as far as the store says',
  ]);
});

test('health: our identity is refused', async (t) => {
  const rig = await startRig(t);
  await rig.provider.health(call);
  rig.vault.tokens.clear();
  await fails(t, rig.provider.health(call), 'AuthenticationError/ExpiredCredentials');
});

test('health: a dead login token is replaced first', async (t) => {
  const rig = await startRig(t, { auth: approleAuth });
  rig.vault.tokens.clear();
  t.equal((await rig.provider.health(call)).length, 3);
  t.equal(rig.vault.count('auth/approle/login'), 2);
});
