import { createPrivateKey, type KeyObject, randomUUID, X509Certificate } from 'node:crypto';
import { SignJWT } from 'jose';
import { type CredentialSetting, readCredential } from '../../core/credential-setting.ts';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { assertionFields } from './assertion.ts';
import type { AzureCredential } from './azure-credential.ts';
import type { AzureTools } from './azure-tools.ts';
import { createEntraLogin, type EntraClient, type LoginPlace } from './entra-login.ts';

export type AssertionAlgorithm = 'PS256' | 'RS256';

export interface CertificateOptions {
  /** PEM text with the certificate, the issuers behind it if wanted, and the private key. */
  readonly certificate: CredentialSetting;
  readonly password?: CredentialSetting;
  /** RS256 for AD FS and other old servers, which know a certificate by its SHA-1. */
  readonly algorithm: AssertionAlgorithm;
  /** Sends the certificates along, for an application that trusts a subject name and issuer. */
  readonly sendChain: boolean;
}

const LIFE_SECONDS = 600;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** An application with a certificate: each login is a statement signed by its key. */
export function createClientCertificate(
  tools: AzureTools,
  client: EntraClient,
  options: CertificateOptions,
): AzureCredential {
  const login = createEntraLogin(tools, { ...client, source: 'a client certificate' });
  return {
    proof: () => readCredential(options.certificate),
    requestToken: (request, signal) =>
      login(async (place) => assertionFields(await signAssertion(options, place)), request, signal),
  };
}

async function signAssertion(options: CertificateOptions, place: LoginPlace): Promise<string> {
  const pem = (await readCredential(options.certificate)).expose();
  const passphrase = options.password && (await readCredential(options.password)).expose();
  const { chain, key } = parsePem(pem, passphrase);
  const now = Math.floor(place.nowMs / 1000);
  const { algorithm, sendChain } = options;
  return new SignJWT({ aud: place.tokenEndpoint.href, iss: place.clientId, sub: place.clientId, jti: randomUUID() })
    .setProtectedHeader({
      alg: algorithm,
      typ: 'JWT',
      ...thumbprint(chain[0], algorithm),
      ...(sendChain && { x5c: chain.map(({ raw }) => raw.toString('base64')) }),
    })
    .setNotBefore(now)
    .setIssuedAt(now)
    .setExpirationTime(now + LIFE_SECONDS)
    .sign(key);
}

function thumbprint(certificate: X509Certificate, algorithm: AssertionAlgorithm): Readonly<Record<string, string>> {
  const encode = (fingerprint: string): string =>
    Buffer.from(fingerprint.replaceAll(':', ''), 'hex').toString('base64url');
  return algorithm === 'PS256'
    ? { 'x5t#S256': encode(certificate.fingerprint256) }
    : { x5t: encode(certificate.fingerprint) };
}

interface PemParts {
  /** The certificate itself comes first. */
  readonly chain: readonly [X509Certificate, ...X509Certificate[]];
  readonly key: KeyObject;
}

// The causes are dropped: OpenSSL's errors may quote the key.
function parsePem(pem: string, passphrase: string | undefined): PemParts {
  const parts = parseParts(pem, passphrase);
  if (parts === undefined)
    throw refused('must hold a certificate and its private key in PEM form, and the password that the key needs');
  if (parts.key.asymmetricKeyType !== 'rsa') throw refused('must be of an RSA key, Entra takes no other');
  if (!parts.chain[0].checkPrivateKey(parts.key)) throw refused('must begin with the certificate of its private key');
  return parts;
}

function parseParts(pem: string, passphrase: string | undefined): PemParts | undefined {
  try {
    const [own, ...issuers] = (pem.match(CERTIFICATE) ?? []).map((text) => new X509Certificate(text));
    const key = createPrivateKey({ key: pem, ...(passphrase !== undefined && { passphrase }) });
    return own && { chain: [own, ...issuers], key };
  } catch {
    return undefined;
  }
}

const refused = (problem: string): AuthenticationError =>
  new AuthenticationError('InvalidCredentials', `the client certificate ${problem}`);
