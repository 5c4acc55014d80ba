import { CallerError } from '../core/errors/caller-error.ts';

const BEARER = /^Bearer +([!-~]+)$/i;

/** The token of an `Authorization` header (RFC 6750 §2.1). @throws CallerError `NotAuthenticated` */
export function bearerToken(authorization: string | undefined): string {
  if (authorization === undefined) {
    throw new CallerError('NotAuthenticated', "the request has no 'Authorization: Bearer …' header", {
      // RFC 6750 §3: whoever has shown nothing has done nothing wrong.
      challenge: 'Bearer realm="keyfob"',
    });
  }
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined)
    throw new CallerError('NotAuthenticated', "the 'Authorization' header is not of the form 'Bearer …'");
  return token;
}
