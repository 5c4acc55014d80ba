import aws4 from 'aws4';
import type { AwsCredentials } from './credentials.ts';

export interface SigningRequest {
  readonly credentials: AwsCredentials;
  readonly region: string;
  /** The service's signing name, such as `secretsmanager`. */
  readonly service: string;
  readonly method: string;
  readonly url: URL;
  /** All that are sent; every one but those that proxies change is signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Now, on AWS's clock: see `ClockSkew.now`. */
  readonly date: Date;
}

/**
 * The headers to send: those given and AWS Signature Version 4 with what it needs (`Host`, `X-Amz-Date`,
 * `X-Amz-Security-Token`, `Content-Length`, `Authorization`). Sign each attempt anew.
 */
export function signRequest(request: SigningRequest): Readonly<Record<string, string>> {
  const { credentials, url, body } = request;
  const signed = aws4.sign(
    {
      service: request.service,
      region: request.region,
      method: request.method,
      path: `${url.pathname}${url.search}`,
      headers: { ...request.headers, Host: url.host, 'X-Amz-Date': toBasicFormat(request.date) },
      body,
    },
    {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey.expose(),
      ...(credentials.sessionToken !== undefined && { sessionToken: credentials.sessionToken.expose() }),
    },
  );
  return Object.fromEntries(Object.entries(signed.headers ?? {}).map(([name, value]) => [name, String(value)]));
}

/** ISO 8601 basic format, `20260102T030405Z`. */
const toBasicFormat = (date: Date): string => date.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
