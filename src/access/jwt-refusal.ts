import { CallerError } from '../core/errors/caller-error.ts';

/** What jose finds wrong with a token, in words that hold nothing of it. */
const reasons: ReadonlyMap<string, string> = new Map([
  ['ERR_JWT_EXPIRED', 'the token has expired'],
  ['ERR_JOSE_ALG_NOT_ALLOWED', "the token is signed with an algorithm that is not in 'access.jwt.algorithms'"],
  ['ERR_JWS_SIGNATURE_VERIFICATION_FAILED', "the token's signature is wrong"],
  ['ERR_JWKS_NO_MATCHING_KEY', 'the token is signed with a key that is not known'],
  ['ERR_JWKS_MULTIPLE_MATCHING_KEYS', "the token does not say with which key it is signed ('kid')"],
]);

export function toJwtRefusal(error: unknown): CallerError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = reasons.get(code) ?? claimReason(code, error) ?? 'the token is no JSON web token that can be checked';
  return new CallerError('NotAuthenticated', reason, { cause: error });
}

/** Which claim it is may be told; jose names none that it has not been asked to look at. */
function claimReason(code: string, error: unknown): string | undefined {
  if (code !== 'ERR_JWT_CLAIM_VALIDATION_FAILED' || typeof error !== 'object' || error === null) return undefined;
  const claim = 'claim' in error && typeof error.claim === 'string' ? error.claim : 'unknown';
  return `the token's '${claim}' is not what 'access.jwt' asks for`;
}
