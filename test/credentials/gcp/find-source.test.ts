import { test } from 'tap';
import { findSource, type GcpAuth } from '../../../src/credentials/gcp/find-source.ts';
import { GcpWorld, ROBOT, SUBJECT } from './gcp-world.ts';

// What the chain finds in which environment is compared with the official library in `official-chain.test.ts`.

test('one way alone', async (t) => {
  const world = await GcpWorld.create(t);
  const key = await world.write('key.json', world.authority.keyFile(ROBOT));
  const wif = await world.write('wif.json', world.externalAccount({ file: await world.write('subject', SUBJECT) }));
  const kind = async (auth: GcpAuth) => (await findSource(auth, world.tools, world.signal)).kind;
  t.equal(await kind({ method: 'service-account', file: key }), 'service-account');
  t.equal(await kind({ method: 'external-account', file: wif }), 'external-account');
  t.equal(await kind({ method: 'metadata' }), 'metadata');
  await t.rejects(kind({ method: 'service-account', file: wif }), { message: /not of the type 'service_account'/ });
  await t.rejects(kind({ method: 'external-account', file: key }), { message: /not of the type 'external_account'/ });
});

test('types that are not supported are named as such', async (t) => {
  const world = await GcpWorld.create(t);
  for (const type of ['external_account_authorized_user', 'gdch_service_account', 'unheard-of']) {
    const env = { GOOGLE_APPLICATION_CREDENTIALS: await world.write('x.json', { type }) };
    await t.rejects(findSource({ method: 'chain' }, { ...world.tools, env }, world.signal), {
      code: 'InvalidCredentials',
      message: /of a type that is not supported; supported are service_account, authorized_user, external_account/,
    });
  }
});

test('nothing is found', async (t) => {
  const world = await GcpWorld.create(t, { env: { METADATA_SERVER_DETECTION: 'none' } });
  await t.rejects(findSource({ method: 'chain' }, world.tools, world.signal), {
    message: /^no Google credentials are found/,
  });
});
