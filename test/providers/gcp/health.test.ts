import { test } from 'tap';
import { EMAIL, failureOf, GcpRig, messageOf } from './gcp-rig.ts';

const health = (rig: GcpRig) => rig.provider.health(rig.call);
const who = `the identity is '${EMAIL}' of the service account key of 'auth.file'`;
const role =
  "the role 'Secret Manager Secret Accessor' is missing on it, so it can read only secrets with a grant of their own";

test('all is well', async (t) => {
  const rig = await GcpRig.create(t);
  t.same(await health(rig), [who, "it may list and read the secrets of the project 'shop'"]);
});

test('reading alone', async (t) => {
  const rig = await GcpRig.create(t);
  rig.manager.iam.setPermissions(EMAIL, ['secretmanager.versions.access']);
  t.same(await health(rig), [who, "it may read the secrets of the project 'shop' and not list them"]);
});

test('listing alone: the missing role is named', async (t) => {
  const rig = await GcpRig.create(t);
  rig.manager.iam.setPermissions(EMAIL, ['secretmanager.secrets.list']);
  t.same(await health(rig), [who, `it may list the secrets of the project 'shop', but ${role}`]);
});

test('no rights at all, which may be meant so', async (t) => {
  const rig = await GcpRig.create(t, { keyFile: { project_id: 'till' } });
  rig.manager.iam.setPermissions(EMAIL, []);
  rig.manager.iam.grant(EMAIL, 'db');
  rig.store.add('db', 'one');
  t.same(await health(rig), [
    who,
    `it has no rights in the project 'shop', or there is none of that name: ${role}`,
    "the credential is of the project 'till'",
  ]);
  t.equal(await rig.text('db'), 'one');
});

test('a wrong project', async (t) => {
  const rig = await GcpRig.create(t, { options: { project: 'shopp' } });
  t.equal(
    await messageOf(() => health(rig)),
    "'projects/shopp' does not exist or is not open to the identity: see 'project' and 'quotaProject'",
  );
});

test('a disabled API', async (t) => {
  const rig = await GcpRig.create(t);
  rig.manager.conditions.serviceDisabled = true;
  t.equal(
    await messageOf(() => health(rig)),
    "the API 'secretmanager.googleapis.com' is not enabled for 'projects/482913337105'",
  );
});

test('no billing', async (t) => {
  const rig = await GcpRig.create(t);
  rig.manager.conditions.billingDisabled = true;
  t.match(await messageOf(() => health(rig)), 'billing is not enabled');
});

test('a quota project that is not open to us', async (t) => {
  const rig = await GcpRig.create(t, { options: { quotaProject: 'not-ours' } });
  t.match(await messageOf(() => health(rig)), "'Service Usage Consumer' is missing");
  t.equal(await failureOf(() => health(rig)), 'AuthenticationError/InsufficientPermissions');
});

test('a wrong location', async (t) => {
  const rig = await GcpRig.create(t, { options: { location: 'us-east1' } });
  t.match(await messageOf(() => health(rig)), "see 'project' and 'location'");
});

test('no credentials', async (t) => {
  const rig = await GcpRig.create(t, { options: { auth: { method: 'service-account', file: '/nowhere/key.json' } } });
  t.equal(await messageOf(() => health(rig)), "the credential file '/nowhere/key.json' of 'auth.file' cannot be read");
});
