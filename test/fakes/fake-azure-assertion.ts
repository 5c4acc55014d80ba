import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import { compactVerify, decodeProtectedHeader, type JWTPayload } from 'jose';

/** A certificate that is registered at an application. */
export interface FakeCertificate {
  readonly key: KeyObject;
  /** base64url */
  readonly sha1: string;
  readonly sha256: string;
}

/** Another issuer that an application trusts. */
export interface FakeFederation {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  readonly key: KeyObject;
}

export interface AssertionCheck {
  readonly certificates: readonly FakeCertificate[];
  readonly federations: readonly FakeFederation[];
  readonly clientId: string;
  /** The token endpoint. */
  readonly audience: string;
  readonly nowMs: number;
  /** Ids of assertions that have been used. */
  readonly usedIds: Set<string>;
}

const LEEWAY_SECONDS = 300;
const NOT_IN_TIME = 700024;
const NOT_OF_APPLICATION = 700027;
const MALFORMED = 50027;

/** The AADSTS number of what is wrong with an assertion. */
export async function assertionProblem(assertion: string, check: AssertionCheck): Promise<number | undefined> {
  const header = headerOf(assertion);
  if (header === undefined) return MALFORMED;
  const { alg, x5t } = header;
  const x5tS256 = header['x5t#S256'];
  const byCertificate = x5t !== undefined || x5tS256 !== undefined;
  if (!byCertificate) return federationProblem(assertion, check);
  // The old algorithm goes with the old thumbprint, the new with the new.
  const certificate = check.certificates.find(({ sha1, sha256 }) =>
    alg === 'PS256' ? sha256 === x5tS256 : alg === 'RS256' && sha1 === x5t,
  );
  const payload = certificate && (await verify(assertion, certificate.key));
  if (payload === undefined) return NOT_OF_APPLICATION;
  if (payload.aud !== check.audience || payload.iss !== check.clientId || payload.sub !== check.clientId) return 700021;
  const { jti, nbf, exp } = payload;
  if (!isInTime(payload, check.nowMs) || nbf === undefined || exp === undefined || exp - nbf > 3600) return NOT_IN_TIME;
  if (jti === undefined || check.usedIds.has(jti)) return MALFORMED;
  check.usedIds.add(jti);
  return undefined;
}

async function federationProblem(
  assertion: string,
  { federations, nowMs }: AssertionCheck,
): Promise<number | undefined> {
  for (const { issuer, subject, audience, key } of federations) {
    const payload = await verify(assertion, key);
    if (payload === undefined || payload.iss !== issuer) continue;
    if (payload.sub !== subject) return 700213;
    if (payload.aud !== audience) return 700212;
    return isInTime(payload, nowMs) ? undefined : NOT_IN_TIME;
  }
  return 700211;
}

function headerOf(assertion: string): ReturnType<typeof decodeProtectedHeader> | undefined {
  try {
    // White space around it is not taken for a part of it.
    return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(assertion) ? decodeProtectedHeader(assertion) : undefined;
  } catch {
    return undefined;
  }
}

async function verify(assertion: string, key: KeyObject): Promise<JWTPayload | undefined> {
  try {
    return JSON.parse(Buffer.from((await compactVerify(assertion, key)).payload).toString());
  } catch {
    return undefined;
  }
}

function isInTime({ nbf = 0, exp = 0 }: JWTPayload, nowMs: number): boolean {
  const now = nowMs / 1000;
  return nbf <= now + LEEWAY_SECONDS && exp >= now - LEEWAY_SECONDS;
}

/** The registration of a certificate in PEM form. */
export function toFakeCertificate(pem: string): FakeCertificate {
  const { raw, publicKey } = new X509Certificate(pem);
  const digest = (algorithm: string): string => createHash(algorithm).update(raw).digest('base64url');
  return { key: publicKey, sha1: digest('sha1'), sha256: digest('sha256') };
}
