import { NetworkError } from '../core/errors/network-error.ts';
import { ParseError } from '../core/errors/parse-error.ts';
import type { SecretsError } from '../core/errors/secrets-error.ts';

const UNKNOWN_AUTHORITY = "the store's certificate is of an unknown authority";
const CUT = 'the store cut the connection';

/** Codes of Node.js, undici and OpenSSL that have words of their own. */
const MESSAGES: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'the store refused the connection'],
  ['ECONNRESET', CUT],
  ['EPIPE', CUT],
  ['UND_ERR_SOCKET', CUT],
  ['ENOTFOUND', "the store's host name is not known"],
  ['EAI_AGAIN', "the store's host name cannot be looked up"],
  ['EHOSTUNREACH', 'the store cannot be reached'],
  ['ENETUNREACH', 'the store cannot be reached'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNKNOWN_AUTHORITY],
  ['SELF_SIGNED_CERT_IN_CHAIN', UNKNOWN_AUTHORITY],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', UNKNOWN_AUTHORITY],
  ['CERT_SIGNATURE_FAILURE', UNKNOWN_AUTHORITY],
  ['CERT_HAS_EXPIRED', "the store's certificate has expired"],
  ['CERT_NOT_YET_VALID', "the store's certificate is not valid yet"],
  ['ERR_TLS_CERT_ALTNAME_INVALID', "the store's certificate is for another host"],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'the store does not speak TLS on this port'],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'the store does not speak TLS on this port'],
]);
const TLS_CODE = /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_|INVALID_CA|INVALID_PURPOSE)/;
const TIMEOUT_CODE = /^(ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/;
// Of a TLS record that holds an alert: what OpenSSL answers to plain HTTP.
const TLS_ALERT = 0x15;

/** The error of the taxonomy for what undici threw. Carries the code and nothing else of it. */
export function toTransportError(error: unknown): SecretsError {
  const code = fieldOf(error, 'code');
  const name = typeof code === 'string' ? code : 'unknown failure';
  if (name === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
    return new ParseError('InvalidSecretFormat', 'the answer of the store is larger than allowed');
  if (startsWithAlert(fieldOf(error, 'data')))
    return new NetworkError('TlsError', 'the store expects https on this port');
  if (TIMEOUT_CODE.test(name)) return new NetworkError('Timeout', `the store did not answer in time (${name})`);
  if (TLS_CODE.test(name)) return new NetworkError('TlsError', describe(name, 'no TLS connection to the store'));
  return new NetworkError('ConnectionFailed', describe(name, 'the connection to the store failed'));
}

/** Whether a TLS server says that it was spoken to without TLS, in the words of Go's net/http or of nginx. */
export function isPlainHttpRefusal(status: number, text: string): boolean {
  return (
    status === 400 && /Client sent an HTTP request to an HTTPS server|plain HTTP request was sent to HTTPS/.test(text)
  );
}

const describe = (code: string, fallback: string): string => `${MESSAGES.get(code) ?? fallback} (${code})`;

function startsWithAlert(data: unknown): boolean {
  if (typeof data === 'string') return data.charCodeAt(0) === TLS_ALERT;
  return data instanceof Uint8Array && data[0] === TLS_ALERT;
}

function fieldOf(error: unknown, name: string): unknown {
  return error instanceof Error ? Reflect.get(error, name) : undefined;
}
