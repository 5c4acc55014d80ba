import { createHmac, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { TOKEN_CANARY } from './canaries.ts';
import type { Random } from './random.ts';

export const ISSUER = 'https://issuer.test';
export const AUDIENCE = 'keyfob';
export const SUBJECT = 'system:serviceaccount:fuzz:soak';

// A key and a kind of signature that give the same bytes in every run (RFC 8410 §7, RFC 8032).
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');
const keyOf = (byte: number) =>
  createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, Buffer.alloc(32, byte)]), format: 'der', type: 'pkcs8' });
const [right, wrong] = [keyOf(1), keyOf(2)];
const jwk = createPublicKey(right).export({ format: 'jwk' });

/** What the daemon checks tokens with. */
export const keySet = JSON.stringify({ keys: [{ ...jwk, kid: 'k1', alg: 'EdDSA', use: 'sig' }] });

// Seconds since 1970: in 2100 and in 2001.
const [FAR, PAST] = [4_102_444_800, 1_000_000_000];
const header = { alg: 'EdDSA', typ: 'JWT', kid: 'k1' };
const claims = { iss: ISSUER, aud: AUDIENCE, sub: SUBJECT, exp: FAR, jti: TOKEN_CANARY };

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
type Parts = { readonly header?: object; readonly claims?: unknown; readonly key?: typeof right };

function toToken({ header: head = header, claims: body = claims, key = right }: Parts): string {
  const input = `${encode(head)}.${encode(body)}`;
  return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
}

/** A token that is right. */
export const webToken = toToken({});

const [headerPart = '', claimsPart = '', signature = ''] = webToken.split('.');
const withClaims = (some: object): string => toToken({ claims: { ...claims, ...some } });
const withHeader = (some: object): string => toToken({ header: { ...header, ...some } });

function signedByPublicKey(): string {
  const input = `${encode({ ...header, alg: 'HS256' })}.${claimsPart}`;
  return `${input}.${createHmac('sha256', String(jwk.x)).update(input).digest('base64url')}`;
}

/** Tokens each of which is wrong in its own way. */
export const wrongWebTokens: readonly string[] = [
  TOKEN_CANARY,
  withClaims({ exp: PAST }),
  withClaims({ exp: undefined }),
  withClaims({ exp: String(FAR) }),
  withClaims({ nbf: FAR }),
  withClaims({ aud: 'vault' }),
  withClaims({ aud: ['vault', { keyfob: AUDIENCE }] }),
  withClaims({ aud: undefined }),
  withClaims({ iss: `${ISSUER}/` }),
  withClaims({ iss: [ISSUER] }),
  withClaims({ sub: `${SUBJECT}-x` }),
  withClaims({ sub: undefined }),
  withClaims({ sub: '__proto__' }),
  withClaims({ sub: [SUBJECT] }),
  toToken({ claims: 'null' }),
  toToken({ claims: '[]' }),
  toToken({ claims: '{' }),
  toToken({ claims: '[{"a":'.repeat(500) }),
  toToken({ key: wrong }),
  withHeader({ kid: 'k2' }),
  withHeader({ kid: '../../k1' }),
  withHeader({ alg: 'ES256' }),
  withHeader({ alg: 'RS256', jku: 'http://127.0.0.1:1/' }),
  withHeader({ crit: ['exp'], b64: false }),
  toToken({ header: { ...header, jwk: createPublicKey(wrong).export({ format: 'jwk' }) }, key: wrong }),
  `${encode({ ...header, alg: 'none' })}.${claimsPart}.`,
  `${encode({ ...header, alg: 'none' })}.${claimsPart}.${signature}`,
  signedByPublicKey(),
  `${headerPart}.${claimsPart}`,
  `${headerPart}.${claimsPart}.`,
  `${headerPart}.${claimsPart}.${signature}.${signature}`,
  `${headerPart}..${signature}`,
  `..${signature}`,
  '...',
  `${headerPart}.${claimsPart}.${'A'.repeat(signature.length)}`,
  `${webToken}=`,
];

/** The right token with one character that is another one. */
export function mangled(random: Random): string {
  // Of the last character only two bits count.
  const at = random.int(0, webToken.length - 2);
  return webToken.slice(0, at) + (webToken[at] === 'A' ? 'B' : 'A') + webToken.slice(at + 1);
}

/** What must not come back, nor be written, of any of them. */
export const webTokenParts: readonly string[] = [claimsPart, signature];
