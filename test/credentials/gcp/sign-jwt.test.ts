import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { test } from 'tap';
import { Redacted } from '../../../src/core/redacted.ts';
import { signJwt } from '../../../src/credentials/gcp/sign-jwt.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = (type: 'pkcs8' | 'pkcs1') => new Redacted(privateKey.export({ type, format: 'pem' }));
const key = { email: 'a@b.example', privateKey: pem('pkcs8'), keyId: 'id' };
const nowMs = Date.UTC(2026, 0, 1);

test('a token that needs no call', async (t) => {
  const jwt = (await signJwt({ key, nowMs })).expose();
  t.same(decodeProtectedHeader(jwt), { alg: 'RS256', typ: 'JWT', kid: 'id' });
  t.same(decodeJwt(jwt), {
    iss: 'a@b.example',
    sub: 'a@b.example',
    scope: 'https://www.googleapis.com/auth/cloud-platform',
    iat: nowMs / 1000,
    exp: nowMs / 1000 + 3600,
  });
  await t.resolves(jwtVerify(jwt, publicKey, { currentDate: new Date(nowMs) }));
});

test('an assertion', async (t) => {
  const jwt = (
    await signJwt({ key: { email: key.email, privateKey: pem('pkcs1') }, audience: 'https://x/', nowMs })
  ).expose();
  t.same(decodeProtectedHeader(jwt), { alg: 'RS256', typ: 'JWT' });
  const { aud, sub } = decodeJwt(jwt);
  t.same([aud, sub], ['https://x/', undefined]);
});

test('what is no RSA key', async (t) => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  for (const privateKey of ['', 'canary-key', ec])
    await t.rejects(signJwt({ key: { ...key, privateKey: new Redacted(privateKey) }, nowMs }), {
      code: 'InvalidCredentials',
      message: "the credential file's 'private_key' is not an RSA key in PEM form",
      cause: undefined,
    });
});
