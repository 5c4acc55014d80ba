import t, { test } from 'tap';
import { failure } from '../../fakes/fake-azure-vault.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { call, createRig, fails, makeServerCertificate } from './azure-rig.ts';

const files = await makeServerCertificate(t);
const start = (rig: Awaited<ReturnType<typeof createRig>>): Promise<void> => rig.provider.start(() => undefined);

test('a start logs in, so that the first read has a token', async (t) => {
  const rig = await createRig(t, { files });
  rig.azure.vault.secrets.set('a', '1');
  t.same(rig.provider.status(), {});
  await start(rig);
  t.equal(rig.azure.entra.logins, 1);
  t.same(rig.identityCalls, ['success']);
  const before = rig.azure.vault.server.requests.length;
  await rig.text('a');
  t.equal(rig.azure.vault.server.requests.length, before + 1);
  t.same(rig.provider.status(), { identityExpiresInMs: 3_599_000 });
  t.same(rig.log.messages('error'), []);
});

test('a start with an identity that may not list', async (t) => {
  const rig = await createRig(t, { files });
  rig.azure.vault.mayList = false;
  await start(rig);
  t.same(rig.log.messages('error'), []);
});

test('a start with a vault or an Entra that is down', async (t) => {
  const rig = await createRig(t, { files });
  rig.azure.vault.secrets.set('a', '1');
  rig.azure.entra.server.fault = () => ({ status: 503, body: '<html>' });
  await start(rig);
  t.match(rig.log.messages('error'), [/not of Entra/]);
  t.same(rig.identityCalls, ['ProviderUnavailable']);
  rig.azure.entra.server.fault = () => undefined;
  t.equal(await rig.text('a'), '1');
  t.same(rig.log.messages('info'), ['the store works again']);
});

test('a start with a vault that hangs', async (t) => {
  const clock = new FakeClock();
  const rig = await createRig(t, { files, clock });
  rig.azure.vault.server.fault = () => 'hang';
  const started = start(rig);
  while (rig.azure.vault.server.requests.length === 0) await clock.advance(0);
  await clock.advance(5_000);
  await started;
  t.pass('ends');
});

test('a TLS file that is not there stops the start', async (t) => {
  const rig = await createRig(t, { files, options: { tls: { ca: '/nowhere/ca.pem' } } });
  await t.rejects(start(rig), { category: 'ConfigurationError', message: /'tls\.ca'/ });
});

test('plain http to another host warns at each start', async (t) => {
  const options = { insecure: true, vaultUrl: 'http://keyfob-test.invalid' };
  const rig = await createRig(t, { files, options });
  await start(rig);
  t.match(rig.log.messages('warn'), [/'insecure' is on/]);
});

test('what is wrong with the vault is logged once, what is wrong with a secret is not', async (t) => {
  const rig = await createRig(t, { files });
  rig.azure.vault.secrets.set('a', '1');
  await fails(t, rig.get('nothing'), 'SecretNotFoundError/SecretDoesNotExist');
  rig.azure.vault.network = 'ForbiddenByFirewall';
  for (let n = 0; n < 3; n++) await fails(t, rig.get('a'), 'ProviderError/ProviderUnavailable');
  t.match(rig.log.messages('error'), [/firewall/]);
  rig.azure.vault.network = 'open';
  await fails(t, rig.get('nothing'), 'SecretNotFoundError/SecretDoesNotExist');
  t.same(rig.log.messages('info'), ['the store works again'], 'it answers');
  rig.azure.vault.server.fault = () => failure(429, 'Throttled', 'slow down');
  await fails(t, rig.get('a'), 'ProviderError/RateLimited');
  t.match(rig.log.messages('warn'), [/limits the rate/]);
});

test('rotation is refused with the reason', async (t) => {
  const rig = await createRig(t, { files });
  const work = rig.provider.rotate('app/db', { ...call, idempotencyToken: 'x' });
  const error = await fails(t, work, 'RotationError/RotationNotConfigured');
  t.match(error.message, /'app\/db': it has rotation policies for keys only/);
});

test('the history is paged, and a new version does not move its place', async (t) => {
  const rig = await createRig(t, { files });
  const { secrets } = rig.azure.vault;
  for (const value of ['1', '2', '3']) secrets.set('a', value);
  const all = (await rig.provider.versions('a', { limit: 9 }, call)).items.map(({ version }) => version);
  const first = await rig.provider.versions('a', { limit: 2 }, call);
  t.equal(first.nextCursor, all[1]);
  secrets.set('a', '4');
  const second = await rig.provider.versions('a', { limit: 2, cursor: String(first.nextCursor) }, call);
  t.same(
    second.items.map(({ version }) => version),
    [all[2]],
  );
  t.equal(second.nextCursor, undefined);
});

test('after close nothing is sent and no timer is left', async (t) => {
  const clock = new FakeClock();
  const rig = await createRig(t, { files, clock });
  await start(rig);
  await rig.provider.close();
  await rig.provider.close();
  t.equal(clock.timers, 0);
  const before = rig.azure.vault.server.requests.length;
  const error = await rig.get('a').catch((reason: unknown) => reason);
  t.ok(error instanceof Error);
  t.equal(rig.azure.vault.server.requests.length, before);
});
