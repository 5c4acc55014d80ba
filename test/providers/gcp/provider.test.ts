import { writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { test } from 'tap';
import { NetworkError } from '../../../src/core/errors/network-error.ts';
import { gcpProvider } from '../../../src/providers/gcp/provider.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { FakeGcpMetadata } from '../../fakes/fake-gcp-metadata.ts';
import { AUDIENCE, SUBJECT_TOKEN_TYPE } from '../../fakes/fake-gcp-oauth.ts';
import { EMAIL, failureOf, GcpRig } from './gcp-rig.ts';

test('the kind', async (t) => {
  t.equal(gcpProvider.type, 'gcp');
  t.equal(gcpProvider.hasScopes, undefined);
});

test('the identity of the machine, and one of another provider', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.add('db', 'one');
  const metadata = await new FakeGcpMetadata(rig.authority, EMAIL).start();
  rig.oauth.subjects.set('proof', 'principal://web');
  const wif = `${rig.file}.wif`;
  await writeFile(`${rig.file}.proof`, 'proof');
  const account = {
    type: 'external_account',
    audience: AUDIENCE,
    subject_token_type: SUBJECT_TOKEN_TYPE,
    token_url: `${rig.oauthServer.origin}/v1/token`,
    credential_source: { file: `${rig.file}.proof` },
  };
  await writeFile(wif, JSON.stringify(account));
  process.env['GCE_METADATA_HOST'] = metadata.host;
  t.teardown(async () => {
    Reflect.deleteProperty(process.env, 'GCE_METADATA_HOST');
    await metadata.close();
  });
  for (const auth of [{ method: 'metadata' }, { method: 'external-account', file: wif }]) {
    const other = await GcpRig.create(t, { options: { endpoint: rig.server.origin, auth } });
    t.equal(await other.text('db'), 'one', auth.method);
    t.equal((await other.provider.health(other.call)).length, 2);
  }
});

test('a start with broken credentials is logged and does not throw', async (t) => {
  const rig = await GcpRig.create(t, { options: { auth: { method: 'service-account', file: '/nowhere/key.json' } } });
  await rig.provider.start(() => {});
  t.equal(rig.log.messages('error').length, 1);
  t.same(rig.identityCalls, ['InvalidCredentials']);
  t.same(rig.provider.status(), {});
});

test('a start logs in, and the status tells for how long', async (t) => {
  const clock = new FakeClock();
  const rig = await GcpRig.create(t, { clock });
  await rig.provider.start(() => {});
  t.same(rig.identityCalls, ['success']);
  t.same(rig.provider.status(), { identityExpiresInMs: 3_600_000 });
  await clock.advance(60_000);
  t.same(rig.provider.status(), { identityExpiresInMs: 3_540_000 });
});

test('a connection without encryption that leaves the machine draws a warning', async (t) => {
  const rig = await GcpRig.create(t, { options: { endpoint: 'http://secrets.example' } });
  await rig.provider.start(() => {});
  t.match(rig.log.messages('warn')[0], /'insecure' is on/);
});

test('a wrong TLS file makes the start throw', async (t) => {
  const rig = await GcpRig.create(t, { options: { tls: { ca: '/nowhere/ca.pem' } } });
  await t.rejects(
    rig.provider.start(() => {}),
    { code: 'InvalidProvider' },
  );
});

test('what is cut or hangs', async (t) => {
  const rig = await GcpRig.create(t);
  rig.manager.faults.push('cut');
  t.equal(await failureOf(() => rig.get('db')), 'NetworkError/ConnectionFailed');
  rig.manager.faults.push('hang');
  const abort = new AbortController();
  const reading = rig.provider.get(rig.provider.locate('db', {}), { signal: abort.signal });
  setImmediate(() => abort.abort(new NetworkError('Timeout', 'time is up')));
  await t.rejects(reading, { code: 'Timeout' });
});

test('nothing after the end', async (t) => {
  const rig = await GcpRig.create(t);
  await rig.provider.close();
  t.equal(await failureOf(() => rig.get('db')), 'ProviderError/ProviderUnavailable');
});

test('nothing secret is printed', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.add('db', 'canary-5e1f00d');
  const secret = await rig.get('db');
  t.notMatch(
    inspect([rig.provider, secret, rig.log.lines], { depth: 12, showHidden: true }),
    /canary-5e1f00d|PRIVATE KEY/,
  );
});
