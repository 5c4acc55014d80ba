import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { Redacted } from '../../core/redacted.ts';
import { isSuccess, type Answer } from './answer.ts';
import { toInstanceError } from './errors.ts';
import { objectAt, textAt } from '../../core/json-fields.ts';
import type { Wire } from './wire.ts';

/** Gives the secret id behind a wrapping token. @throws AuthenticationError when there is none. */
export type Unwrap = (wrappingToken: Redacted, signal: AbortSignal) => Promise<Redacted>;

/**
 * A wrapping token works once, so what it gave is kept in memory for later logins. One that does not work is a sign that
 * somebody else has used it: it is an error for good, and never sent again.
 */
export function createUnwrap(wire: Wire): Unwrap {
  let known: { readonly token: string; readonly outcome: Redacted | AuthenticationError } | undefined;
  return async (wrappingToken, signal) => {
    const token = wrappingToken.expose();
    if (known?.token !== token) {
      const answer = await wire(
        { method: 'POST', path: 'sys/wrapping/unwrap', body: '{}', token: wrappingToken },
        signal,
      );
      known = { token, outcome: toOutcome(answer) };
    }
    if (known.outcome instanceof AuthenticationError) throw known.outcome;
    return known.outcome;
  };
}

function toOutcome(answer: Answer): Redacted | AuthenticationError {
  if (!isSuccess(answer)) {
    const general = toInstanceError(answer);
    if (general !== undefined) throw general;
    return new AuthenticationError(
      'InvalidCredentials',
      "the wrapping token in 'auth.wrappedSecretId' is not valid: it has expired, or somebody has unwrapped it before; " +
        'find out who, revoke the secret id and issue a new one',
    );
  }
  const secretId = textAt(objectAt(answer.body ?? {}, 'data'), 'secret_id');
  return secretId === undefined
    ? new AuthenticationError('InvalidCredentials', "what 'auth.wrappedSecretId' wraps is no secret id")
    : new Redacted(secretId);
}
