import { test, type Test } from 'tap';
import type { SecretLease } from '../../../src/core/secret.ts';
import { FakeVaultEngines } from '../../fakes/fake-vault-engines.ts';
import { refusal } from '../../fakes/fake-vault-kv.ts';
import { approleAuth, call, fails, startRig, until, type VaultRig } from './vault-rig.ts';

interface Lent {
  readonly rig: VaultRig;
  readonly engines: FakeVaultEngines;
  readonly lease: SecretLease;
}

async function lend(t: Test, options: object = {}): Promise<Lent> {
  const engines = new FakeVaultEngines();
  const rig = await startRig(t, { leased: ['database/**'], ...options });
  rig.vault.fault = engines.fault;
  const { lease } = await rig.get('database/creds/app');
  if (lease === undefined) throw new TypeError('the fake lends nothing');
  return { rig, engines, lease };
}

const ID = 'database/creds/app/lease-1';

test('a lease is renewed for as long as at first', async (t) => {
  const { engines, lease } = await lend(t);
  t.equal(await lease.renew(call), 3_600_000);
  t.same(engines.posted, [['sys/leases/renew', `{"lease_id":"${ID}","increment":3600}`]]);
  engines.leases.set(ID, { path: '', renewal: 120 });
  t.equal(await lease.renew(call), 120_000, 'the maximum is near');
});

test('a lease that has ended, is given back or cannot be asked about', async (t) => {
  const { rig, engines, lease } = await lend(t);
  rig.vault.fault = () => refusal(503, 'Vault is sealed');
  await fails(t, lease.renew(call), 'ProviderError/ProviderUnavailable');
  await fails(t, lease.giveBack(call), 'ProviderError/ProviderUnavailable');
  rig.vault.fault = engines.fault;
  await lease.giveBack(call);
  t.equal(engines.leases.size, 0);
  await lease.giveBack(call);
  await fails(t, lease.renew(call), 'SecretNotFoundError/SecretDoesNotExist');
});

test('without the right to renew the lease is as it was, and without the right to revoke that is said', async (t) => {
  const { rig, lease } = await lend(t);
  rig.vault.fault = ({ path }) =>
    path.startsWith('sys/leases/') ? refusal(403, '1 error occurred:\n\t* permission denied\n\n') : undefined;
  await rig.clock.advance(600_000);
  const renewal = lease.renew(call);
  await until(() => rig.vault.count('auth/token/lookup-self') === 2 && rig.clock.timers === 1);
  await rig.clock.advance(250);
  t.equal(await renewal, 3_000_000);
  const revocation = lease.giveBack(call);
  await until(() => rig.vault.count('auth/token/lookup-self') === 3 && rig.clock.timers === 1);
  await rig.clock.advance(250);
  t.match((await fails(t, revocation, 'AccessError/AccessDenied')).message, /'sys\/leases\/revoke'/);
});

test('a lease ends with the token that it was lent to, though another renews it', async (t) => {
  const { rig, engines, lease } = await lend(t, { auth: approleAuth });
  rig.vault.fault = (request) => (rig.vault.tokens.has(request.token ?? '') ? engines.fault(request) : undefined);
  t.equal(lease.durationMs, 3_600_000);
  for (const token of rig.vault.tokens.keys()) rig.vault.tokens.delete(token);
  t.equal(await lease.renew(call), 0, 'the token is dead, and so is what it was lent');
});
