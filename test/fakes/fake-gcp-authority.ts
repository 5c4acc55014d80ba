import { generateKeyPairSync, type KeyObject, randomBytes, verify } from 'node:crypto';

export const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform';
const MAX_LIFETIME_S = 3600;
const SKEW_S = 300;

// One pair for all accounts of a process: to make one takes longer than most tests.
let pair: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } | undefined;

/** A service account of the fake Google, and whether its key lives. */
export interface FakeAccount {
  readonly email: string;
  readonly keyId: string;
}

export interface Claims {
  readonly [name: string]: unknown;
}

/** Knows the accounts, their keys, and the tokens that were given out. */
export class FakeGcpAuthority {
  readonly #accounts = new Map<string, FakeAccount>();
  readonly #tokens = new Map<string, { readonly email: string; readonly expiresAtMs: number }>();
  readonly nowMs: () => number;

  constructor(nowMs: () => number = Date.now) {
    this.nowMs = nowMs;
  }

  addAccount(email: string): FakeAccount {
    const account = { email, keyId: randomBytes(20).toString('hex') };
    this.#accounts.set(email, account);
    return account;
  }

  deleteAccount(email: string): void {
    this.#accounts.delete(email);
  }

  hasAccount(email: string): boolean {
    return this.#accounts.has(email);
  }

  /** What the console gives to download. */
  keyFile(email: string, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
    const { keyId } = this.#accounts.get(email) ?? this.addAccount(email);
    return {
      type: 'service_account',
      project_id: 'shop',
      private_key_id: keyId,
      private_key: keyPair().privateKey.export({ type: 'pkcs8', format: 'pem' }),
      client_email: email,
      client_id: '1234567890',
      token_uri: 'https://oauth2.googleapis.com/token',
      ...more,
    };
  }

  /** A token that says nothing by itself. */
  issue(email: string, lifetimeMs: number = MAX_LIFETIME_S * 1000): string {
    const token = `ya29.${randomBytes(24).toString('base64url')}`;
    this.#tokens.set(token, { email, expiresAtMs: this.nowMs() + lifetimeMs });
    return token;
  }

  revokeTokens(): void {
    this.#tokens.clear();
  }

  /** Whose the token is; else why not. */
  bearer(token: string): { readonly email: string } | { readonly reason: string } {
    const known = this.#tokens.get(token);
    if (known !== undefined)
      return known.expiresAtMs > this.nowMs() ? { email: known.email } : { reason: 'ACCESS_TOKEN_EXPIRED' };
    if (token.split('.').length !== 3 || token.startsWith('ya29.')) return { reason: 'ACCESS_TOKEN_TYPE_UNSUPPORTED' };
    const claims = this.verifyJwt(token);
    if (typeof claims === 'string') return { reason: claims };
    const { iss, sub, scope, aud } = claims;
    const isForUs = scope === undefined ? aud === 'https://secretmanager.googleapis.com/' : aud === undefined;
    if (typeof iss !== 'string' || iss !== sub || !isForUs) return { reason: 'ACCESS_TOKEN_TYPE_UNSUPPORTED' };
    if (typeof scope === 'string' && !scope.split(' ').includes(CLOUD_PLATFORM))
      return { reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' };
    return { email: iss };
  }

  /** The claims of a JWT that one of the accounts has signed, for an hour at most; else the reason against it. */
  verifyJwt(jwt: string): Claims | string {
    const [head = '', body = '', signature = ''] = jwt.split('.');
    const [header, claims] = [parse(head), parse(body)];
    if (header === undefined || claims === undefined || header['alg'] !== 'RS256')
      return 'ACCESS_TOKEN_TYPE_UNSUPPORTED';
    const account = this.#accounts.get(String(claims['iss']));
    // The official client names no key in an assertion, so that only a wrong name is refused.
    if (account === undefined || (header['kid'] ?? account.keyId) !== account.keyId) return 'ACCOUNT_STATE_INVALID';
    const isSigned = verify(
      'RSA-SHA256',
      Buffer.from(`${head}.${body}`),
      keyPair().publicKey,
      Buffer.from(signature, 'base64url'),
    );
    const [issuedAt, expiresAt, now] = [Number(claims['iat']), Number(claims['exp']), this.nowMs() / 1000];
    if (!isSigned) return 'ACCESS_TOKEN_TYPE_UNSUPPORTED';
    if (!(expiresAt > now) || !(issuedAt <= now + SKEW_S) || !(expiresAt - issuedAt <= MAX_LIFETIME_S))
      return 'ACCESS_TOKEN_EXPIRED';
    return claims;
  }
}

function keyPair(): NonNullable<typeof pair> {
  return (pair ??= generateKeyPairSync('rsa', { modulusLength: 2048 }));
}

function parse(part: string): Claims | undefined {
  try {
    // A JSON text of our own tests; anything else has no member that is looked at.
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Claims;
  } catch {
    return undefined;
  }
}
