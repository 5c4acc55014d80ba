import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { Redacted } from '../../core/redacted.ts';
import { signCallerIdentity } from '../../credentials/aws/caller-identity.ts';
import type { ClockSkew } from '../../credentials/aws/clock-skew.ts';
import type { AwsCredentials, AwsIdentity } from '../../credentials/aws/credentials.ts';
import { serviceEndpoint } from '../../credentials/aws/endpoints.ts';
import type { Grant, LoginMethod } from './login-method.ts';
import { postLogin } from './post-login.ts';
import type { Wire } from './wire.ts';

export interface AwsAuth {
  readonly method: 'aws';
  /** Without slashes at its ends. */
  readonly mount: string;
  readonly role: string;
  /** Where Vault is to ask STS; when left out, the global STS, which is what Vault asks unless it is told otherwise. */
  readonly region?: string | undefined;
  /** Vault's `iam_server_id_header_value`, where it has one. */
  readonly headerValue?: string | undefined;
}

export interface AwsAuthTools {
  readonly identity: AwsIdentity;
  /** Of the same clock as the identity's. */
  readonly skew: ClockSkew;
}

const GLOBAL = { region: 'us-east-1', endpoint: new URL('https://sts.amazonaws.com/') };

/**
 * AWS IAM login: Vault sends a GetCallerIdentity that we have signed, and believes what STS tells of us. It is signed
 * anew for each login; a refusal is answered once with others of our credentials, where there are any.
 */
export function createAwsAuth(auth: AwsAuth, wire: Wire, { identity, skew }: AwsAuthTools): LoginMethod {
  const attempt = (credentials: AwsCredentials, signal: AbortSignal): Promise<Grant> =>
    postLogin(wire, { mount: auth.mount, body: toBody(auth, credentials, skew) }, signal);
  return {
    name: 'aws',
    ownsToken: true,
    isWatched: false,
    async readCredentials() {
      // The identity has a deadline of its own. A signature would differ each time; this tells changed credentials.
      return fingerprint(await identity.credentials(new AbortController().signal));
    },
    async login(_fingerprint, signal) {
      const credentials = await identity.credentials(signal);
      try {
        return await attempt(credentials, signal);
      } catch (error) {
        if (!(error instanceof AuthenticationError)) throw error;
        const others = await identity.replace(credentials, signal).catch(() => undefined);
        if (others === undefined) throw error;
        return attempt(others, signal);
      }
    },
  };
}

function toBody(auth: AwsAuth, credentials: AwsCredentials, skew: ClockSkew): Redacted {
  const { region, endpoint } = auth.region === undefined ? GLOBAL : regional(auth.region);
  const request = signCallerIdentity({ credentials, region, endpoint, serverId: auth.headerValue, date: skew.now() });
  // Lists, as Go's http.Header is written as JSON.
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, [value]]));
  return new Redacted(
    JSON.stringify({
      role: auth.role,
      iam_http_request_method: request.method,
      iam_request_url: toBase64(request.url.href),
      iam_request_body: toBase64(request.body),
      iam_request_headers: toBase64(JSON.stringify(headers)),
    }),
  );
}

// What the environment says of endpoints is about our own calls; this one is Vault's.
const regional = (region: string): typeof GLOBAL => ({ region, endpoint: serviceEndpoint('sts', region, { env: {} }) });

const toBase64 = (text: string): string => Buffer.from(text).toString('base64');

const fingerprint = ({ accessKeyId, sessionToken }: AwsCredentials): Redacted =>
  new Redacted(`${accessKeyId} ${sessionToken?.expose() ?? ''}`);
