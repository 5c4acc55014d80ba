import { test } from 'tap';
import { rpcError } from '../../fakes/fake-gcp-errors.ts';
import { EMAIL, failureOf, GcpRig } from './gcp-rig.ts';

test('a call carries what the store wants and no more', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.add('db', 'one');
  await rig.get('db');
  const [request] = rig.server.requests;
  t.match(request?.headers.authorization, /^Bearer ey/, 'a token that the key has signed');
  t.equal(request?.headers.accept, 'application/json');
  t.equal(request?.headers['x-goog-user-project'], undefined);
  t.equal(request?.query.size, 0);
});

test('a quota project is named in each call', async (t) => {
  const rig = await GcpRig.create(t, { options: { quotaProject: 'shop' } });
  rig.store.add('db', 'one');
  await rig.get('db');
  t.equal(rig.server.requests[0]?.headers['x-goog-user-project'], 'shop');
});

test('a token that is refused is replaced: an own one by one of the token endpoint', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.add('db', 'one');
  await rig.get('db');
  t.equal(rig.oauthServer.requests.length, 0, 'none is asked for while the own ones do');
  rig.manager.faults.push(rpcError('UNAUTHENTICATED', '', { reason: 'ACCESS_TOKEN_TYPE_UNSUPPORTED' }));
  t.equal(await rig.text('db'), 'one');
  t.equal(rig.oauthServer.requests.length, 1);
  await rig.get('db');
  t.match(rig.server.requests.at(-1)?.headers.authorization, /^Bearer ya29/, 'it stays in use');
  rig.authority.revokeTokens();
  t.equal(await rig.text('db'), 'one');
});

test('a second refusal is believed', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.add('db', 'one');
  const refusal = rpcError('UNAUTHENTICATED', '');
  rig.manager.faults.push(refusal, refusal);
  t.equal(await failureOf(() => rig.get('db')), 'AuthenticationError/InvalidCredentials');
  t.equal(rig.server.requests.length, 2);
});

test('an account that was deleted', async (t) => {
  const rig = await GcpRig.create(t);
  await rig.provider.start(() => {});
  rig.authority.deleteAccount(EMAIL);
  t.equal(await failureOf(() => rig.get('db')), 'AuthenticationError/InvalidCredentials');
});

test('a missing right to a quota project is no reason for another token', async (t) => {
  const rig = await GcpRig.create(t, { options: { quotaProject: 'not-ours' } });
  t.equal(await failureOf(() => rig.get('db')), 'AuthenticationError/InsufficientPermissions');
  t.equal(rig.oauthServer.requests.length, 0);
});

test('what is wrong with the instance is logged once, and when it is over', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.add('db', 'one');
  rig.manager.conditions.serviceDisabled = true;
  await failureOf(() => rig.get('db'));
  await failureOf(() => rig.get('db'));
  t.equal(rig.log.messages('error').length, 1);
  rig.manager.conditions.serviceDisabled = false;
  await rig.get('db');
  t.same(rig.log.messages('info'), ['the store works again']);
});

test('a refusal of one secret is none of the instance', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.add('db', 'one');
  rig.manager.iam.refuse('db');
  await failureOf(() => rig.get('db'));
  t.same(rig.log.lines, []);
});

test('an endpoint may have a path', async (t) => {
  const rig = await GcpRig.create(t);
  const other = await GcpRig.create(t, { options: { endpoint: `${rig.server.origin}/prefix/` } });
  t.equal(await failureOf(() => other.get('db')), 'ProviderError/ProviderUnavailable', 'a page that is not of the API');
  t.equal(rig.server.requests.at(-1)?.path, '/prefix/v1/projects/shop/secrets/db/versions/latest:access');
});
