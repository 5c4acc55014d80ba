import { errors } from 'jose';
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
  const reason = claimReason(error) ?? reasons.get(error instanceof errors.JOSEError ? error.code : '');
  const message = reason ?? 'the token is no JSON web token that can be checked';
  return new CallerError('NotAuthenticated', message, { cause: error });
}

/** Which claim it is may be told: it is one of those that were asked for. */
function claimReason(error: unknown): string | undefined {
  const isClaim = error instanceof errors.JWTClaimValidationFailed;
  return isClaim ? `the token's '${error.claim}' is not what 'access.jwt' asks for` : undefined;
}
