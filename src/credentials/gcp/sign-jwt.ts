import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { Redacted } from '../../core/redacted.ts';
import { CLOUD_PLATFORM } from './token-source.ts';

export const JWT_LIFETIME_MS = 3_600_000;

/** A service account's key, as its file tells. */
export interface ServiceAccountKey {
  readonly email: string;
  /** PEM, PKCS #8 or PKCS #1. */
  readonly privateKey: Redacted;
  readonly keyId?: string;
}

export interface JwtClaims {
  readonly key: ServiceAccountKey;
  /** The address that the assertion is for; absent in a token that a service of Google takes as it is. */
  readonly audience?: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/**
 * Signs for an hour: an assertion for the token endpoint (RFC 7523), or a bearer token with `scope` that needs none
 * (google.aip.dev/auth/4111).
 * @throws AuthenticationError `InvalidCredentials` when the key is none.
 */
export async function signJwt({ key, audience, nowMs }: JwtClaims): Promise<Redacted> {
  const privateKey = parseKey(key.privateKey);
  const issuedAt = Math.floor(nowMs / 1000);
  const jwt = new SignJWT({ scope: CLOUD_PLATFORM })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(key.keyId !== undefined && { kid: key.keyId }) })
    .setIssuer(key.email)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + JWT_LIFETIME_MS / 1000);
  if (audience === undefined) jwt.setSubject(key.email);
  else jwt.setAudience(audience);
  return new Redacted(await jwt.sign(privateKey));
}

// The cause is dropped: OpenSSL's errors may quote the key.
function parseKey(pem: Redacted): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(pem.expose());
  } catch {
    key = undefined;
  }
  if (key?.asymmetricKeyType === 'rsa') return key;
  throw new AuthenticationError(
    'InvalidCredentials',
    "the credential file's 'private_key' is not an RSA key in PEM form",
  );
}
