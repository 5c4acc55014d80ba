import t, { test } from 'tap';
import { call, createRig, fails, makeServerCertificate } from './azure-rig.ts';

const files = await makeServerCertificate(t);
const NOW = Date.UTC(2026, 0, 1) / 1000;

test('what a secret is made of', async (t) => {
  const rig = await createRig(t, { files });
  const { secrets } = rig.azure.vault;
  secrets.set('App--DB', 'old');
  const version = secrets.set('app--db', 'new', {
    contentType: 'password',
    tags: { team: 'shop' },
    created: 1_760_000_000,
  });
  const { value, ...secret } = await rig.get('app/db');
  t.equal(value.expose(), 'new');
  const createdAt = new Date(1_760_000_000_000);
  const common = { createdAt, updatedAt: createdAt };
  t.same(secret, {
    version,
    stages: ['current'],
    ...common,
    metadata: {
      name: 'app/db',
      description: 'password',
      tags: { team: 'shop' },
      ...common,
      currentVersion: version,
      stages: ['current'],
    },
  });
  const [, old] = (await rig.provider.versions('app/db', { limit: 9 }, call)).items;
  const pinned = await rig.get('APP--DB', old?.version.toUpperCase());
  t.equal(pinned.value.expose(), 'old');
  t.same(pinned.stages, []);
  t.equal(pinned.metadata.currentVersion, undefined);
});

test('both spellings and all letters name one secret', async (t) => {
  const rig = await createRig(t, { files });
  rig.azure.vault.secrets.set('App--Db', '1');
  for (const path of ['app/db', 'app--db', 'APP/DB', 'App--Db']) t.equal(await rig.text(path), '1');
  t.same(new Set(rig.azure.vault.server.requests.map(({ url }) => url.pathname)), new Set(['/secrets/app--db']));
});

test('values outside their time are served with a warning', async (t) => {
  const rig = await createRig(t, { files });
  const { secrets } = rig.azure.vault;
  secrets.set('expired', '1', { exp: NOW });
  secrets.set('early', '1', { nbf: NOW + 1 });
  secrets.set('fine', '1', { nbf: NOW, exp: NOW + 60 });
  t.same((await rig.get('expired')).warnings, ['expired']);
  t.same((await rig.get('early')).warnings, ['not-yet-valid']);
  const fine = await rig.get('fine');
  t.equal(fine.warnings, undefined);
  t.equal(fine.ttlMs, undefined);
});

test('values outside their time are refused when that is wanted', async (t) => {
  const rig = await createRig(t, { files, options: { enforceExpiry: true } });
  const { secrets } = rig.azure.vault;
  secrets.set('expired', 'value-canary', { exp: NOW });
  secrets.set('early', 'value-canary', { nbf: NOW + 1 });
  secrets.set('fine', '1', { exp: NOW + 60 });
  const expired = await fails(t, rig.get('expired'), 'SecretNotFoundError/VersionNotFound');
  t.match(expired.message, /of 'expired' expired at 2026-01-01T00:00:00.000Z/);
  const early = await fails(t, rig.get('early'), 'SecretNotFoundError/VersionNotFound');
  t.match(early.message, /of 'early' is valid from 2026-01-01T00:00:01.000Z/);
  t.equal((await rig.get('fine')).ttlMs, 60_000, 'kept no longer than it is valid');
});

test('disabled versions', async (t) => {
  const rig = await createRig(t, { files });
  const { secrets } = rig.azure.vault;
  for (const value of ['1', '2', '3']) secrets.set('a', value);
  const ids = (await rig.provider.versions('a', { limit: 9 }, call)).items.map(({ version }) => version);
  secrets.setEnabled('a', 2, false);
  t.equal((await rig.get('a', undefined, 'previous')).value.expose(), '1', 'the previous one is one that can be read');
  const error = await fails(t, rig.get('a', ids[1]), 'SecretNotFoundError/VersionNotFound');
  t.match(error.message, new RegExp(`version ${ids[1]} of 'a' is disabled`));
  secrets.setEnabled('a', 3, false);
  const current = await fails(t, rig.get('a'), 'SecretNotFoundError/VersionNotFound');
  t.match(current.message, /the current version of 'a' is disabled/);
  t.equal((await rig.get('a', undefined, 'previous')).value.expose(), '1');
  const { items } = await rig.provider.versions('a', { limit: 9 }, call);
  t.same(
    items.map(({ state, stages }) => [state, ...stages]),
    [['disabled', 'current'], ['disabled'], ['enabled', 'previous']],
  );
});

test('a name that the path rules do not allow for', async (t) => {
  const rig = await createRig(t, { files });
  await fails(t, rig.get('nothing'), 'SecretNotFoundError/SecretDoesNotExist');
  await fails(t, rig.provider.describe('constructor', call), 'SecretNotFoundError/SecretDoesNotExist');
  await fails(t, rig.provider.versions('nothing', { limit: 1 }, call), 'SecretNotFoundError/SecretDoesNotExist');
  rig.azure.vault.secrets.set('a----b', '1');
  rig.azure.vault.secrets.set('a--b', '1');
  const { items } = await rig.provider.list({ prefix: '', tags: {}, limit: 9 }, call);
  t.same(
    items.map(({ name }) => name),
    ['a/b'],
    'is not listed',
  );
});

test('a list by tags and prefix, in the order of paths', async (t) => {
  const rig = await createRig(t, { files });
  const { secrets } = rig.azure.vault;
  secrets.set('App--b', '1', { tags: { team: 'shop', tier: 'a' }, contentType: 'note' });
  secrets.set('app--a', '1', { tags: { team: 'shop' } });
  secrets.set('app-x', '1', { tags: { team: 'other' } });
  secrets.set('other', '1');
  const names = async (prefix: string, tags: Readonly<Record<string, string>> = {}): Promise<string> => {
    const { items } = await rig.provider.list({ prefix, tags, limit: 9 }, call);
    return items.map(({ name }) => name).join(' ');
  };
  t.equal(await names(''), 'app-x app/a app/b other');
  t.equal(await names('app/'), 'app/a app/b');
  t.equal(await names('APP--'), 'app/a app/b');
  t.equal(await names('app-'), 'app-x');
  t.equal(await names('', { team: 'shop' }), 'app/a app/b');
  t.equal(await names('', { team: 'shop', tier: 'a' }), 'app/b');
  t.equal(await names('', { constructor: 'x' }), '');
  const { items } = await rig.provider.list({ prefix: 'app/b', tags: {}, limit: 9 }, call);
  t.match(items, [{ description: 'note', tags: { tier: 'a' }, currentVersion: undefined }]);
});

test('without leave to list', async (t) => {
  const rig = await createRig(t, { files });
  const { vault } = rig.azure;
  const version = vault.secrets.set('a', 'value-canary', { contentType: 'note' });
  vault.mayList = false;
  t.equal(await rig.text('a'), 'value-canary');
  const metadata = await rig.provider.describe('a', call);
  t.match(metadata, { description: 'note', currentVersion: version });
  t.notOk(JSON.stringify(metadata).includes('canary'));
  await fails(t, rig.provider.versions('a', { limit: 1 }, call), 'AccessError/AccessDenied');
  await fails(t, rig.get('a', undefined, 'previous'), 'AccessError/AccessDenied');
  await fails(t, rig.get('a', 'f'.repeat(32)), 'SecretNotFoundError/VersionNotFound');
  await fails(t, rig.get('b'), 'SecretNotFoundError/SecretDoesNotExist');
});

test('a description reads no value', async (t) => {
  const rig = await createRig(t, { files });
  const { vault } = rig.azure;
  vault.secrets.set('a', '1');
  vault.secrets.set('a', '2', { tags: { x: 'y' } });
  vault.mayGet = false;
  t.match(await rig.provider.describe('a', call), { name: 'a', tags: { x: 'y' }, stages: ['current'] });
});

test('an answer without what a secret is made of', async (t) => {
  const rig = await createRig(t, { files });
  rig.azure.vault.secrets.set('a', '1');
  await rig.text('a');
  const id = `${rig.azure.vault.url}/secrets/a/${'f'.repeat(32)}`;
  rig.azure.vault.server.fault = () => ({ status: 200, body: { id } });
  await fails(t, rig.get('a'), 'ParseError/InvalidSecretFormat');
  for (const body of [{}, { value: 'value-canary' }, { value: 'value-canary', id: 'x' }, '<html>']) {
    rig.azure.vault.server.fault = () => ({ status: 200, body });
    const error = await fails(t, rig.get('a'), 'ProviderError/ProviderUnavailable');
    t.notMatch(error.message, /canary/);
  }
});
