import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { decodeProtectedHeader } from 'jose';
import t, { test } from 'tap';
import { type CertificateOptions, createClientCertificate } from '../../../src/credentials/azure/client-certificate.ts';
import { makeCertificate } from '../../fakes/make-certificate.ts';
import { makeRsaPem, trustCertificate } from './applications.ts';
import { type AzureBench, createBench, fails, grantOf, RESOURCE, signal } from './azure-bench.ts';

const folder = t.testdir();
const files = await makeCertificate(folder, 'azure', 'DNS:localhost,IP:127.0.0.1');
const pem = await makeRsaPem(t);
const locked = await makeRsaPem(t, { password: 'pem-password' });
const other = await makeRsaPem(t);
const elliptic = await makeRsaPem(t, { algorithm: ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'] });

const usual: CertificateOptions = { certificate: { file: pem }, algorithm: 'PS256', sendChain: false };

/** The header of the last assertion that was sent. */
function lastHeader({ azure }: AzureBench): Readonly<Record<string, unknown>> {
  const form = new URLSearchParams(azure.entra.server.requests.at(-1)?.body);
  return decodeProtectedHeader(form.get('client_assertion') ?? '');
}

for (const algorithm of ['PS256', 'RS256'] as const)
  test(`a certificate gives a token, with ${algorithm}`, async (t) => {
    const bench = await createBench(t, { files });
    trustCertificate(bench.azure, pem);
    const credential = createClientCertificate(bench.tools, bench.client, { ...usual, algorithm });
    const token = await credential.requestToken({ resource: RESOURCE }, signal);
    t.equal(grantOf(bench, token).how, 'client-certificate');
    const header = lastHeader(bench);
    t.equal(header['alg'], algorithm);
    t.same(Object.keys(header).sort(), ['alg', 'typ', algorithm === 'PS256' ? 'x5t#S256' : 'x5t']);
    t.ok(await credential.requestToken({ resource: RESOURCE }, signal), 'each assertion has an id of its own');
  });

test('the certificates go along when wanted', async (t) => {
  const bench = await createBench(t, { files });
  trustCertificate(bench.azure, pem);
  const chain = join(folder, 'chain.pem');
  const issuer = (readFileSync(other, 'utf8').match(/-----BEGIN CERT[^]+?-----END CERT[^-]+-----/) ?? [])[0];
  writeFileSync(chain, `${readFileSync(pem, 'utf8')}${issuer}\n`);
  const credential = createClientCertificate(bench.tools, bench.client, {
    ...usual,
    certificate: { file: chain },
    sendChain: true,
  });
  await credential.requestToken({ resource: RESOURCE }, signal);
  t.match(lastHeader(bench)['x5c'], { length: 2 });
});

test('a key with a password', async (t) => {
  const bench = await createBench(t, { files });
  trustCertificate(bench.azure, locked);
  const credential = createClientCertificate(bench.tools, bench.client, {
    ...usual,
    certificate: { file: locked },
    password: 'pem-password',
  });
  t.ok(await credential.requestToken({ resource: RESOURCE }, signal));
});

const mixed = join(folder, 'mixed.pem');
writeFileSync(
  mixed,
  readFileSync(other, 'utf8').split('-----BEGIN PRIVATE')[0] +
    readFileSync(pem, 'utf8').replace(/^[^]*?(?=-----BEGIN PRIVATE)/, ''),
);

const broken: Readonly<Record<string, readonly [Partial<CertificateOptions>, RegExp]>> = {
  'no PEM at all': [{ certificate: 'key-canary' }, /must hold a certificate and its private key/],
  'a certificate alone': [{ certificate: { file: files.cert } }, /must hold a certificate and its private key/],
  'a password that is missing': [{ certificate: { file: locked } }, /the password that the key needs/],
  'a password that is wrong': [{ certificate: { file: locked }, password: 'password-canary' }, /the password/],
  'an elliptic key': [{ certificate: { file: elliptic } }, /RSA/],
  'the key of another': [{ certificate: { file: mixed } }, /begin with the certificate of its private key/],
  'a file that is not there': [{ certificate: { file: join(folder, 'nothing') } }, /cannot be read/],
};
for (const [name, [options, message]] of Object.entries(broken))
  test(`a certificate that is refused here: ${name}`, async (t) => {
    const bench = await createBench(t, { files });
    const credential = createClientCertificate(bench.tools, bench.client, { ...usual, ...options });
    const error = await fails(
      t,
      credential.requestToken({ resource: RESOURCE }, signal),
      'AuthenticationError/InvalidCredentials',
    );
    t.match(error.message, message);
    t.notMatch(inspect(error, { depth: 9, showHidden: true }), /canary|PRIVATE/);
    t.equal(bench.azure.entra.logins, 0);
  });

test('a certificate of another application', async (t) => {
  const bench = await createBench(t, { files });
  trustCertificate(bench.azure, other);
  const credential = createClientCertificate(bench.tools, bench.client, usual);
  const error = await fails(
    t,
    credential.requestToken({ resource: RESOURCE }, signal),
    'AuthenticationError/InvalidCredentials',
  );
  t.match(error.message, /AADSTS700027/);
});

test('a clock that is wrong by a day', async (t) => {
  for (const skewMs of [-86_400_000, 86_400_000]) {
    const ourClock = (clock: AzureBench['clock']): AzureBench['tools']['clock'] => ({
      monotonicMs: () => clock.monotonicMs(),
      wallMs: () => clock.wallMs() + skewMs,
      after: (delayMs, action) => clock.after(delayMs, action),
    });
    const bench = await createBench(t, { files, ourClock });
    trustCertificate(bench.azure, pem);
    const credential = createClientCertificate(bench.tools, bench.client, usual);
    const token = await credential.requestToken({ resource: RESOURCE }, signal);
    t.equal(bench.azure.entra.logins, 2, "once more, by Entra's clock");
    t.equal(token.expiresAtMs, bench.clock.monotonicMs() + 3_599_000, 'the life of the token is right');
    await credential.requestToken({ resource: RESOURCE }, signal);
    t.equal(bench.azure.entra.logins, 3, 'the difference is remembered');
  }
});
