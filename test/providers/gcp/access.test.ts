import { test } from 'tap';
import { rpcError } from '../../fakes/fake-gcp-errors.ts';
import { EMAIL, failureOf, GcpRig, messageOf } from './gcp-rig.ts';

const strict = { options: { latestPolicy: 'strict' } };

test('a disabled or destroyed latest: the newest that is enabled is served, with a warning', async (t) => {
  for (const state of ['DISABLED', 'DESTROYED'] as const) {
    const rig = await GcpRig.create(t);
    rig.store.add('db', 'one', 'two', 'three', 'four');
    rig.store.setState('db', 4, state);
    rig.store.setState('db', 3, 'DESTROYED');
    const secret = await rig.get('db');
    t.equal(secret.value.expose(), 'two');
    t.equal(secret.version, '2');
    t.same(secret.stages, ['current']);
    t.same(secret.warnings, ['latest-not-enabled']);
    t.equal(secret.metadata.currentVersion, '2');
  }
});

test('an enabled latest takes one call and has no warning', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.add('db', 'one');
  const secret = await rig.get('db');
  t.equal(secret.warnings, undefined);
  t.equal(secret.metadata.arn, 'projects/482913337105/secrets/db');
  t.same(rig.asked(), ['GET secrets/db/versions/latest:access']);
});

test('under strict the state is told and nothing else is asked', async (t) => {
  const rig = await GcpRig.create(t, strict);
  rig.store.add('db', 'one', 'two');
  rig.store.setState('db', 2, 'DISABLED');
  t.equal(await messageOf(() => rig.get('db')), "the version latest of 'db' is disabled");
  t.same(rig.asked(), ['GET secrets/db/versions/latest:access']);
  rig.store.setState('db', 2, 'DESTROYED');
  t.match(await messageOf(() => rig.get('db')), 'is destroyed');
});

test('a secret whose versions are all off', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.add('db', 'one', 'two');
  rig.store.setState('db', 1, 'DISABLED');
  rig.store.setState('db', 2, 'DESTROYED');
  t.equal(await failureOf(() => rig.get('db')), 'SecretNotFoundError/VersionNotFound');
  t.equal(await failureOf(() => rig.get('db', { stage: 'previous' })), 'SecretNotFoundError/StageNotFound');
});

test('without the right to list versions, those below are tried one by one', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.add('db', 'one', 'two', 'three', 'four', 'five');
  rig.manager.iam.setPermissions(EMAIL, ['secretmanager.versions.access']);
  t.equal(await rig.text('db', { stage: 'previous' }), 'four');
  rig.store.setState('db', 5, 'DISABLED');
  rig.store.setState('db', 4, 'DESTROYED');
  t.equal(await rig.text('db'), 'three');
  rig.store.setState('db', 2, 'DISABLED');
  t.equal(await rig.text('db', { stage: 'previous' }), 'one');
  rig.store.setState('db', 1, 'DISABLED');
  t.equal(await failureOf(() => rig.get('db', { stage: 'previous' })), 'SecretNotFoundError/StageNotFound');
  rig.store.setState('db', 3, 'DISABLED');
  t.match(await messageOf(() => rig.get('db')), 'is disabled');
});

test('the versions below are not tried for ever, nor after a failure', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.add('db', ...Array.from({ length: 40 }, (_, index) => `v${index}`));
  for (let number = 2; number <= 40; number++) rig.store.setState('db', number, 'DESTROYED');
  rig.manager.iam.setPermissions(EMAIL, ['secretmanager.versions.access']);
  t.equal(await failureOf(() => rig.get('db')), 'SecretNotFoundError/VersionNotFound');
  t.ok(rig.asked().length < 25, 'it ends');
  rig.manager.iam.setPermissions(EMAIL, []);
  t.equal(await failureOf(() => rig.get('db')), 'AccessError/AccessDenied');
});

test('without the right to list versions, previous under strict', async (t) => {
  const rig = await GcpRig.create(t, strict);
  rig.store.add('db', 'one', 'two', 'three');
  rig.store.setState('db', 3, 'DISABLED');
  rig.manager.iam.setPermissions(EMAIL, ['secretmanager.versions.access']);
  t.equal(await rig.text('db', { stage: 'previous' }), 'two');
});

test('previous is the next enabled one below the current one', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.add('db', 'one', 'two', 'three', 'four');
  rig.store.setState('db', 4, 'DISABLED');
  rig.store.setState('db', 2, 'DESTROYED');
  const secret = await rig.get('db', { stage: 'previous' });
  t.equal(secret.value.expose(), 'one', 'three is current');
  t.same(secret.stages, ['previous']);
  t.equal(secret.metadata.currentVersion, undefined);
});

test('previous under strict is below latest, whatever the state of that', async (t) => {
  const rig = await GcpRig.create(t, strict);
  rig.store.add('db', 'one', 'two', 'three');
  rig.store.setState('db', 3, 'DISABLED');
  t.equal(await rig.text('db', { stage: 'previous' }), 'two');
  rig.store.setState('db', 3, 'ENABLED');
  rig.store.setState('db', 2, 'DISABLED');
  t.equal(await rig.text('db', { stage: 'previous' }), 'one');
});

test('an alias is a stage', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.add('db', 'one', 'two');
  const secret = rig.store.secrets.get('db');
  if (secret !== undefined) secret.aliases = { prod: 1 };
  const found = await rig.get('db', { stage: 'prod' });
  t.equal(found.version, '1');
  t.same(found.stages, ['prod']);
});

test('a wrong checksum is asked about once more, then refused', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.add('db', 'one');
  rig.manager.conditions.corruptPayloads = 1;
  t.equal(await rig.text('db'), 'one');
  t.equal(rig.asked().length, 2);
  rig.manager.conditions.corruptPayloads = 2;
  t.equal(await failureOf(() => rig.get('db')), 'ProviderError/InternalError');
  t.equal(rig.asked().length, 2);
  rig.manager.conditions.corruptPayloads = 2;
  t.equal(await failureOf(() => rig.get('db', { version: '1' })), 'ProviderError/InternalError');
});

test('text and bytes', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.add('text', '\uFEFFżółć');
  rig.store.add('bytes', Uint8Array.of(0xff, 0x00, 0x80));
  t.equal(await rig.text('text'), '\uFEFFżółć', 'a mark of the byte order is a part of the value');
  t.same((await rig.get('bytes')).value.expose(), Uint8Array.of(0xff, 0x00, 0x80));
});

test('an answer that is not of Secret Manager', async (t) => {
  const rig = await GcpRig.create(t);
  const name = 'projects/1/secrets/db/versions/1';
  const bodies: readonly unknown[] = [
    '<html>',
    {},
    [],
    { name },
    { payload: { data: '' } },
    { name: 'x', payload: {} },
  ];
  for (const body of bodies) {
    rig.manager.faults.push({ status: 200, body });
    t.equal(await failureOf(() => rig.get('db')), 'ProviderError/ProviderUnavailable', JSON.stringify(body));
  }
  for (const status of [302, 403, 404, 500]) {
    rig.manager.faults.push({ status, body: '<html>proxy</html>' });
    t.equal(await failureOf(() => rig.get('db')), 'ProviderError/ProviderUnavailable', String(status));
  }
});

test('unknown members do not disturb', async (t) => {
  const rig = await GcpRig.create(t);
  const name = 'projects/1/secrets/db/versions/7';
  rig.manager.faults.push({
    status: 200,
    body: { x: 1, name, payload: { y: [], data: 'aGk=', dataCrc32c: '4120762818' } },
  });
  t.equal(await rig.text('db'), 'hi');
});

test('a failure between the calls is passed on', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.add('db', 'one', 'two');
  rig.store.setState('db', 2, 'DISABLED');
  const off = rpcError('FAILED_PRECONDITION', 'Secret Version [x/versions/2] is in DISABLED state.');
  rig.manager.faults.push(off, rpcError('UNAVAILABLE', ''));
  t.equal(await failureOf(() => rig.get('db')), 'ProviderError/ProviderUnavailable');
});
