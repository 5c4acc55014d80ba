import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import type { Test } from 'tap';
import { createHttpClient } from '../../src/transport/http-client.ts';
import { until } from '../e2e/until.ts';
import { makeCertificate } from '../fakes/make-certificate.ts';
import { fails } from '../providers/vault/vault-rig.ts';
import { createApprole } from './approle.ts';
import { openBaoTest } from './backend-test.ts';
import type { OpenBao } from './openbao.ts';
import { startTokenReview } from './token-review.ts';
import { accessorsOf, startInstance, startVault, VALUE, type VaultInstance } from './vault-instance.ts';

const INVALID = 'AuthenticationError/InvalidCredentials';
const EXPIRED = 'AuthenticationError/ExpiredCredentials';

// Searched for leaks at the end.
const instances: VaultInstance[] = [];

async function start(t: Test, bao: OpenBao, options: object): Promise<VaultInstance> {
  const instance = await startInstance(t, bao, 'auth' in options ? options : { auth: options });
  instances.push(instance);
  return instance;
}

await openBaoTest('kubernetes', async (t) => {
  const bao = await startVault(t);
  const cluster = await startTokenReview(t);
  await bao.call('sys/auth/kubernetes', { type: 'kubernetes' });
  await bao.call('auth/kubernetes/config', {
    kubernetes_host: cluster.address,
    kubernetes_ca_cert: cluster.ca,
    disable_local_ca_jwt: true,
  });
  await bao.call('auth/kubernetes/role/web', {
    bound_service_account_names: 'web',
    bound_service_account_namespaces: 'shop',
    token_policies: 'app',
    token_ttl: '1h',
  });
  // The store takes the subject from the JWT itself, and asks the cluster whether it is right.
  const jwtOf = async (name: string): Promise<string> => {
    const { privateKey } = await generateKeyPair('ES256');
    const jwt = await new SignJWT({ 'kubernetes.io': { namespace: 'shop', serviceaccount: { name, uid: 'u-1' } } })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer('https://kubernetes.default.svc')
      .setSubject(`system:serviceaccount:shop:${name}`)
      .setIssuedAt()
      .setNotBefore('0s')
      .setExpirationTime('1h')
      .sign(privateKey);
    cluster.subjects.set(jwt, `system:serviceaccount:shop:${name}`);
    return jwt;
  };
  const jwtPath = join(t.testdir(), 'token');
  const auth = { method: 'kubernetes', role: 'web', jwtPath };

  const first = await jwtOf('web');
  await writeFile(jwtPath, `${first}\n`);
  const instance = await start(t, bao, auth);
  t.equal(await instance.text(), VALUE);
  t.match((await instance.health())[1], "the login by 'kubernetes' works");

  cluster.subjects.delete(first);
  await writeFile(jwtPath, await jwtOf('web'));
  await bao.call('sys/leases/revoke-prefix/auth/kubernetes/login', {});
  t.equal(await instance.text(), VALUE, 'the token that was rotated on disk is the one that is sent');

  await writeFile(jwtPath, first);
  await fails(t, (await start(t, bao, auth)).get(), INVALID);
  await writeFile(jwtPath, await jwtOf('other'));
  const other = await fails(t, (await start(t, bao, auth)).get(), INVALID);
  t.match(other.message, /not bound to this service account/);
  const unknown = await fails(t, (await start(t, bao, { ...auth, role: 'nobody' })).get(), INVALID);
  t.match(unknown.message, /'auth\.role'/);
});

await openBaoTest('jwt', async (t) => {
  const bao = await startVault(t);
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  await bao.call('sys/auth/jwt', { type: 'jwt' });
  await bao.call('auth/jwt/config', { jwt_validation_pubkeys: [await exportSPKI(publicKey)], default_role: 'ci' });
  const role = { role_type: 'jwt', user_claim: 'sub', bound_audiences: ['keyfob'], token_policies: ['app'] };
  await bao.call('auth/jwt/role/ci', { ...role, clock_skew_leeway: -1, expiration_leeway: -1 });
  const jwtFor = (audience: string, expiry: string, key = privateKey): Promise<string> =>
    new SignJWT()
      .setProtectedHeader({ alg: 'ES256' })
      .setSubject('job')
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(expiry)
      .sign(key);
  const outcome = async (auth: object): Promise<string> =>
    (await fails(t, (await start(t, bao, { method: 'jwt', role: 'ci', ...auth })).get(), INVALID)).message;

  const jwt = await jwtFor('keyfob', '1h');
  t.equal(await (await start(t, bao, { method: 'jwt', role: 'ci', jwt })).text(), VALUE);
  const jwtPath = join(t.testdir(), 'jwt');
  await writeFile(jwtPath, `${jwt}\n`);
  t.equal(await (await start(t, bao, { method: 'jwt', jwtPath })).text(), VALUE, 'with the default role');
  t.match(
    await outcome({ jwt: await jwtFor('keyfob', '1h', (await generateKeyPair('ES256')).privateKey) }),
    /not accept/,
  );
  t.match(await outcome({ jwt: await jwtFor('other', '1h') }), /audience/);
  t.match(await outcome({ jwt, role: 'nobody' }), /'auth\.role'/);
  const old = await start(t, bao, { method: 'jwt', role: 'ci', jwt: await jwtFor('keyfob', '-1h') });
  await fails(t, old.get(), EXPIRED);
});

await openBaoTest('cert', async (t) => {
  const bao = await startVault(t, { mode: 'tls' });
  const folder = t.testdir();
  const web = await makeCertificate(folder, 'web', 'DNS:web');
  const stranger = await makeCertificate(folder, 'stranger', 'DNS:stranger');
  await bao.call('sys/auth/cert', { type: 'cert' });
  await bao.call('auth/cert/certs/web', { certificate: await readFile(web.cert, 'utf8'), token_policies: ['app'] });
  const tls = { ca: bao.caFile, ...web };

  t.equal(await (await start(t, bao, { auth: { method: 'cert', name: 'web' }, tls })).text(), VALUE);
  const instance = await start(t, bao, { auth: { method: 'cert' }, tls });
  t.equal(await instance.text(), VALUE, 'without a name');
  await fails(t, (await start(t, bao, { auth: { method: 'cert', name: 'nobody' }, tls })).get(), INVALID);
  const refused = await start(t, bao, { auth: { method: 'cert' }, tls: { ...tls, ...stranger } });
  await fails(t, refused.get(), INVALID);

  // The next login has the certificate that is on disk by then.
  const next = await makeCertificate(folder, 'next', 'DNS:next');
  await bao.call('auth/cert/certs/web', { certificate: await readFile(next.cert, 'utf8'), token_policies: ['app'] });
  await writeFile(web.cert, await readFile(next.cert));
  await writeFile(web.key, await readFile(next.key));
  await bao.call('sys/leases/revoke-prefix/auth/cert/login', {});
  t.equal(await instance.text(), VALUE);
});

/** A secret id of the role, wrapped for a minute. */
async function wrapSecretId(bao: OpenBao, role: string): Promise<string> {
  const http = createHttpClient({ maxResponseBytes: 100_000 });
  const { text } = await http.send({
    method: 'POST',
    url: new URL(`${bao.address}/v1/auth/approle/role/${role}/secret-id`),
    headers: { 'X-Vault-Token': bao.rootToken, 'X-Vault-Wrap-TTL': '60s', 'Content-Type': 'application/json' },
    body: '{}',
    signal: AbortSignal.timeout(5_000),
  });
  await http.close();
  return JSON.parse(text).wrap_info.token;
}

await openBaoTest('a wrapped secret id', async (t) => {
  const bao = await startVault(t);
  const { roleId } = await createApprole(bao, 'wrapped', { policies: ['app'] });
  const file = join(t.testdir(), 'wrapped');
  await writeFile(file, await wrapSecretId(bao, 'wrapped'));
  const auth = { method: 'approle', roleId, wrappedSecretId: { file } };
  const instance = await start(t, bao, auth);
  t.equal(await instance.text(), VALUE);
  await bao.call('sys/leases/revoke-prefix/auth/approle/login', {});
  t.equal(await instance.text(), VALUE, 'the secret id is kept for the next login');

  const late = await start(t, bao, auth);
  t.match((await fails(t, late.get(), INVALID)).message, /somebody has unwrapped it before/);
  t.equal(late.log.messages('error').length, 1, 'an alarm');
  await writeFile(file, await wrapSecretId(bao, 'wrapped'));
  t.equal(await late.text(), VALUE, 'a new one heals it');
});

/** Reads again and again, and none may fail. */
async function readFor(t: Test, instance: VaultInstance, ms: number): Promise<void> {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs) {
    t.equal(await instance.text(), VALUE);
    await sleep(20);
  }
  t.same(instance.log.messages('error'), []);
}

const successesOf = ({ identityCalls }: VaultInstance): number =>
  identityCalls.filter((status) => status === 'success').length;

await openBaoTest('kinds of tokens', async (t) => {
  const bao = await startVault(t);
  const role = async (name: string, more: object): Promise<object> => {
    const auth = await createApprole(bao, name, { policies: ['app'], ttl: '2s', maxTtl: '1h' });
    await bao.call(`auth/approle/role/${name}`, { token_policies: ['app'], ...more });
    return auth;
  };

  await t.test('batch tokens are replaced in time, and cannot be given back', async (t) => {
    const instance = await start(t, bao, await role('batch', { token_type: 'batch', token_ttl: '2s' }));
    t.match((await instance.health())[2], /batch token has 2 policies and ends in \d s; it cannot be renewed/);
    await readFor(t, instance, 2_500);
    t.ok(successesOf(instance) >= 2);
    await instance.provider.close();
    t.same(instance.log.messages('warn'), []);
  });

  await t.test('a periodic token is renewed beyond its period and stays the same', async (t) => {
    const instance = await start(
      t,
      bao,
      await role('periodic', { token_period: '2s', token_ttl: 0, token_max_ttl: 0 }),
    );
    const before = await accessorsOf(bao);
    await readFor(t, instance, 3_000);
    t.ok(successesOf(instance) >= 3, 'a login and its renewals');
    t.notOk(instance.identityCalls.includes('ExpiredCredentials'), 'no read met a dead token');
    t.same(await accessorsOf(bao), before);
    t.same(instance.log.messages('warn'), []);
  });

  await t.test('a token that may not renew itself is replaced near its end', async (t) => {
    const instance = await start(t, bao, await role('bare', { token_no_default_policy: true, token_ttl: '2s' }));
    await readFor(t, instance, 2_500);
    t.match(instance.log.messages('warn')[0], /may not renew itself/);
    t.match(instance.identityCalls.slice(0, 3), ['success', 'InsufficientPermissions', 'success']);
    t.notOk(instance.identityCalls.includes('ExpiredCredentials'), 'no read met a dead token');
  });
});

await openBaoTest('a given token in a file', async (t) => {
  const bao = await startVault(t);
  const create = async (): Promise<string> =>
    (await bao.call('auth/token/create', { policies: ['app'], ttl: '1h' })).auth.client_token;
  const file = join(t.testdir(), 'token');
  const first = await create();
  await writeFile(file, first);
  const instance = await start(t, bao, { method: 'token', token: { file } });
  t.equal(await instance.text(), VALUE);
  await writeFile(file, await create());
  await until('the new token is in use', () => instance.identityCalls.length === 2 || undefined);
  await bao.call('auth/token/revoke', { token: first });
  t.equal(await instance.text(), VALUE);
  t.same(instance.identityCalls, ['success', 'success'], 'no read met the revoked one');
  const before = (await accessorsOf(bao)).length;
  await instance.provider.close();
  t.equal((await accessorsOf(bao)).length, before, 'it is not ours to revoke');
});

await openBaoTest('a dead token under load', async (t) => {
  const bao = await startVault(t);
  const revoke = (): Promise<unknown> => bao.call('sys/leases/revoke-prefix/auth/approle/login', {});

  await t.test('two hundred readers share one login', async (t) => {
    const instance = await start(t, bao, await createApprole(bao, 'crowd', { policies: ['app'] }));
    await revoke();
    const texts = await Promise.all(Array.from({ length: 200 }, () => instance.text()));
    t.ok(texts.every((text) => text === VALUE));
    t.equal(successesOf(instance), 2, 'one at the start, one for all');
    t.ok(instance.identityCalls.length <= 4, 'and hardly a look-up');
  });

  await t.test('no reader notices that tokens are revoked time and again', async (t) => {
    const instance = await start(t, bao, await createApprole(bao, 'load', { policies: ['app'] }));
    const over = new AbortController();
    let reads = 0;
    const reader = async (): Promise<void> => {
      while (!over.signal.aborted) {
        t.equal(await instance.text(), VALUE);
        reads++;
      }
    };
    const readers = Promise.all(Array.from({ length: 10 }, reader));
    for (let round = 1; round <= 3; round++) {
      const before = reads;
      await until('readers go on', () => reads > before + 50 || undefined);
      await revoke();
      await until('there is a new login', () => successesOf(instance) > round || undefined);
      // A token that dies within a second of its login, and the next one too, is not replaced at once.
      await sleep(1_000);
    }
    over.abort();
    await readers;
    t.equal(successesOf(instance), 4, `four logins for ${reads} reads`);
    t.same(instance.log.messages('error'), []);
  });
});

await openBaoTest('no login left a value, a token or an address in the log', async (t) => {
  t.ok(instances.length > 15);
  for (const { log } of instances) t.notMatch(log.text(), /canary|\bs\.\w{20}|\beyJ|127\.0\.0\.1/);
});
