import type { AwsCredentials } from './credentials.ts';
import { signRequest } from './sign.ts';

const BODY = 'Action=GetCallerIdentity&Version=2011-06-15';

export interface CallerIdentityOptions {
  readonly credentials: AwsCredentials;
  readonly region: string;
  /** The STS that the receiver is to ask. */
  readonly endpoint: URL;
  /** Value of `X-Vault-AWS-IAM-Server-ID`, which ties the request to one receiver. */
  readonly serverId?: string | undefined;
  readonly date: Date;
}

/** A request that somebody else is to send: STS's answer tells them who we are. */
export interface CallerIdentityRequest {
  readonly method: 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Signs a GetCallerIdentity for another to send, as Vault's AWS IAM login wants it (Vault documentation, "AWS auth
 * method", IAM). It proves who we are for some minutes: sign it anew for each login, and treat it as a credential.
 */
export function signCallerIdentity(options: CallerIdentityOptions): CallerIdentityRequest {
  const { credentials, region, endpoint: url, serverId, date } = options;
  const headers = signRequest({
    credentials,
    region,
    service: 'sts',
    method: 'POST',
    url,
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8',
      ...(serverId !== undefined && { 'X-Vault-AWS-IAM-Server-ID': serverId }),
    },
    body: BODY,
    date,
  });
  return { method: 'POST', url, headers, body: BODY };
}
