import { createHash, createHmac } from 'node:crypto';

export const AWS_SUBJECT_TOKEN_TYPE = 'urn:ietf:params:aws:token-type:aws4_request';

/** An AWS key that the pool knows, and what AWS says of it. */
export interface FakeAwsKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const NEEDED = ['authorization', 'host', 'x-amz-date', 'x-goog-cloud-target-resource'];
const CREDENTIAL =
  /^AWS4-HMAC-SHA256 Credential=(?<id>[^/]+)\/(?<day>\d{8})\/(?<region>[^/]+)\/sts\/aws4_request, SignedHeaders=(?<names>[^,]+), Signature=(?<signature>[0-9a-f]{64})$/;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** Whether a subject token is a GetCallerIdentity that the key has signed for the audience, as AWS and Google check it. */
export function isSignedByAws(token: string, key: FakeAwsKey, audience: string): boolean {
  const { url, method, headers } = parse(token);
  const parsed = URL.parse(url);
  const {
    id,
    day = '',
    region = '',
    names = '',
    signature,
  } = CREDENTIAL.exec(headers.get('authorization') ?? '')?.groups ?? {};
  if (method !== 'POST' || parsed === null || NEEDED.some((name) => !headers.has(name))) return false;
  if (parsed.host !== `sts.${region}.amazonaws.com` || headers.get('host') !== parsed.host) return false;
  if (parsed.search !== '?Action=GetCallerIdentity&Version=2011-06-15') return false;
  if (id !== key.accessKeyId || headers.get('x-amz-security-token') !== key.sessionToken) return false;
  if (headers.get('x-goog-cloud-target-resource') !== audience) return false;
  const canonical = [
    method,
    parsed.pathname,
    parsed.search.slice(1),
    ...names.split(';').map((name) => `${name}:${headers.get(name) ?? ''}`),
    '',
    names,
    sha256(''),
  ].join('\n');
  const toSign = [
    'AWS4-HMAC-SHA256',
    headers.get('x-amz-date'),
    `${day}/${region}/sts/aws4_request`,
    sha256(canonical),
  ];
  const signingKey = [day, region, 'sts', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${key.secretAccessKey}`);
  return hmac(signingKey, toSign.join('\n')).toString('hex') === signature;
}

interface SignedRequest {
  readonly url: string;
  readonly method: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

function parse(token: string): SignedRequest {
  try {
    // Written by our own tests or by the official library; what is not there fails the checks.
    const body = JSON.parse(decodeURIComponent(token)) as {
      url: string;
      method: string;
      headers: readonly { key: string; value: string }[];
    };
    return { ...body, headers: new Map(body.headers.map(({ key, value }) => [key.toLowerCase(), value])) };
  } catch {
    return { url: '', method: '', headers: new Map() };
  }
}
