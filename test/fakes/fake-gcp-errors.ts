import type { FakeResponse } from './fake-gcp-server.ts';

const CODES = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNKNOWN: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
} as const;

export type RpcCode = keyof typeof CODES;

export interface RpcDetails {
  readonly reason?: string;
  readonly domain?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly retryDelay?: string;
}

/** A failure as Google's APIs put it into JSON (AIP-193). */
export function rpcError(status: RpcCode, message: string, details: RpcDetails = {}): FakeResponse {
  const { reason, domain = 'googleapis.com', metadata = {}, retryDelay } = details;
  const list = [
    ...(reason === undefined
      ? []
      : [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain, metadata }]),
    ...(retryDelay === undefined ? [] : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay }]),
  ];
  const error = { code: CODES[status], message, status, ...(list.length > 0 && { details: list }) };
  return { status: error.code, body: { error } };
}

/** What Google's front answers to an address that no API has. */
export const htmlNotFound: FakeResponse = {
  status: 404,
  body: '<!DOCTYPE html>\n<html lang=en>\n<title>Error 404 (Not Found)!!1</title>\n<p><b>404.</b> <ins>That’s an error.</ins>\n',
};

/** A failure of a token endpoint (RFC 6749 §5.2). */
export const oauthError = (error: string, description: string, status = 400): FakeResponse => ({
  status,
  body: { error, error_description: description },
});
