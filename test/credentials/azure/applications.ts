import { execFile } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SignJWT } from 'jose';
import type { Test } from 'tap';
import { toFakeCertificate } from '../../fakes/fake-azure-assertion.ts';
import { CLIENT, type FakeAzure } from '../../fakes/fake-azure.ts';

const run = promisify(execFile);
const ISSUER = 'https://oidc.example/cluster';
const SUBJECT = 'system:serviceaccount:shop:web';
const AUDIENCE = 'api://AzureADTokenExchange';
const issuerKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });

export interface PemOptions {
  readonly password?: string;
  /** An option of `openssl req -newkey`; Entra takes RSA only. */
  readonly algorithm?: readonly string[];
}

function makeFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'keyfob-azure-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A file with a certificate and its private key. */
export async function makeRsaPem(t: Test, options: PemOptions = {}): Promise<string> {
  const folder = makeFolder(t);
  const { password, algorithm = ['rsa:2048'] } = options;
  const [key, cert] = [join(folder, 'application.key'), join(folder, 'application.crt')];
  const protection = password === undefined ? ['-nodes'] : ['-passout', `pass:${password}`];
  await run('openssl', [
    'req',
    '-x509',
    '-newkey',
    ...algorithm,
    ...protection,
    '-days',
    '2',
    '-subj',
    '/CN=application',
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  const file = join(folder, 'application.pem');
  writeFileSync(file, readFileSync(cert, 'utf8') + readFileSync(key, 'utf8'));
  return file;
}

/** Registers the certificate at the application. */
export function trustCertificate({ entra }: FakeAzure, file: string): void {
  entra.application(CLIENT).certificates.push(toFakeCertificate(readFileSync(file, 'utf8')));
}

/** Registers the cluster's service account at the application. */
export function trustIssuer({ entra }: FakeAzure): void {
  const federation = { issuer: ISSUER, subject: SUBJECT, audience: AUDIENCE, key: issuerKeys.publicKey };
  entra.application(CLIENT).federations.push(federation);
}

export interface FederatedToken {
  readonly subject?: string;
  readonly audience?: string;
  readonly key?: KeyObject;
  /** Seconds since 1970. */
  readonly now?: number;
}

/** The token of a service account. */
export function federatedToken(token: FederatedToken): Promise<string> {
  const {
    subject = SUBJECT,
    audience = AUDIENCE,
    key = issuerKeys.privateKey,
    now = Math.floor(Date.now() / 1000),
  } = token;
  return new SignJWT({ iss: ISSUER, sub: subject, aud: audience })
    .setProtectedHeader({ alg: 'RS256', kid: 'cluster' })
    .setIssuedAt(now)
    .setExpirationTime(now + 3600)
    .sign(key);
}

/** A file with such a token, and the line end that a careful hand leaves. */
export async function signFederatedToken(t: Test, token: FederatedToken): Promise<string> {
  const file = join(makeFolder(t), 'token');
  writeFileSync(file, `${await federatedToken(token)}\n`);
  return file;
}
