import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A request as it came over the wire. */
export interface SignedMessage {
  readonly method: string;
  /** Path and query, encoded as they were sent. */
  readonly target: string;
  /** Names are lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** A key pair that AWS knows. */
export interface KnownKey {
  readonly secretAccessKey: string;
  /** Of temporary keys, which count with their token only. */
  readonly sessionToken?: string;
}

export interface SignatureRules {
  readonly service: string;
  readonly region: string;
  /** By access key id. */
  readonly keys: ReadonlyMap<string, KnownKey>;
  /** AWS's clock. */
  readonly nowMs: number;
}

/** Why a request is refused: the code and the words of AWS. */
export interface SignatureRefusal {
  readonly code:
    | 'MissingAuthenticationTokenException'
    | 'IncompleteSignatureException'
    | 'UnrecognizedClientException'
    | 'InvalidSignatureException';
  readonly message: string;
}

const AUTHORIZATION = /^AWS4-HMAC-SHA256 Credential=([^, ]+), ?SignedHeaders=([^, ]+), ?Signature=([0-9a-f]{64})$/;
const BASIC_FORMAT = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
const WINDOW_MS = 5 * 60_000;

/**
 * Verifies AWS Signature Version 4 in the `Authorization` header, written from the specification alone ("Create a signed
 * AWS API request", IAM User Guide). Undefined when the request is good.
 */
export function checkSignature(message: SignedMessage, rules: SignatureRules): SignatureRefusal | undefined {
  const { headers } = message;
  const authorization = headers['authorization'];
  if (authorization === undefined)
    return { code: 'MissingAuthenticationTokenException', message: 'Request is missing Authentication Token' };
  const [, credential = '', signedHeaders = '', signature = ''] = AUTHORIZATION.exec(authorization) ?? [];
  const [accessKeyId = '', day = '', ...scope] = credential.split('/');
  const stamp = headers['x-amz-date'] ?? '';
  const signedAtMs = parseBasicFormat(stamp);
  const names = signedHeaders.split(';');
  if (signature === '' || signedAtMs === undefined || !isComplete(names, headers))
    return { code: 'IncompleteSignatureException', message: 'Authorization header is not complete' };
  if (scope.join('/') !== `${rules.region}/${rules.service}/aws4_request` || day !== stamp.slice(0, 8))
    return { code: 'InvalidSignatureException', message: 'Credential should be scoped to a valid region' };
  const key = rules.keys.get(accessKeyId);
  if (key === undefined || key.sessionToken !== headers['x-amz-security-token'])
    return { code: 'UnrecognizedClientException', message: 'The security token included in the request is invalid.' };
  const skew = skewRefusal(stamp, signedAtMs, rules.nowMs);
  if (skew !== undefined) return skew;
  const text = ['AWS4-HMAC-SHA256', stamp, `${day}/${scope.join('/')}`, sha256(canonicalRequest(message, names))];
  const wanted = hmac(signingKey(key.secretAccessKey, day, rules), text.join('\n'));
  if (timingSafeEqual(wanted, Buffer.from(signature, 'hex'))) return undefined;
  return {
    code: 'InvalidSignatureException',
    message: 'The request signature we calculated does not match the signature you provided.',
  };
}

/** `Host` and every `X-Amz-*` header, and `Content-Type` where there is one, must be signed; names sorted, each once. */
function isComplete(names: readonly string[], headers: SignedMessage['headers']): boolean {
  const isSorted = names.every((name, at) => at === 0 || (names[at - 1] ?? '') < name);
  const isThere = names.every((name) => headers[name] !== undefined);
  const wanted = Object.keys(headers).filter(
    (name) => name === 'host' || name === 'content-type' || name.startsWith('x-amz-'),
  );
  return isSorted && isThere && names.includes('host') && wanted.every((name) => names.includes(name));
}

function skewRefusal(stamp: string, signedAtMs: number, nowMs: number): SignatureRefusal | undefined {
  if (Math.abs(signedAtMs - nowMs) <= WINDOW_MS) return undefined;
  const now = toBasicFormat(nowMs);
  return signedAtMs < nowMs
    ? refuseTime(
        `Signature expired: ${stamp} is now earlier than ${toBasicFormat(nowMs - WINDOW_MS)} (${now} - 5 min.)`,
      )
    : refuseTime(
        `Signature not yet current: ${stamp} is still later than ${toBasicFormat(nowMs + WINDOW_MS)} (${now} + 5 min.)`,
      );
}

const refuseTime = (message: string): SignatureRefusal => ({ code: 'InvalidSignatureException', message });

function canonicalRequest({ method, target, headers, body }: SignedMessage, names: readonly string[]): string {
  const [path = '', ...rest] = target.split('?');
  return [
    method,
    // All services but S3 encode the path, encoded as it was sent, once more.
    path.split('/').map(encode).join('/') || '/',
    canonicalQuery(rest.join('?')),
    ...names.map((name) => `${name}:${(headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}`),
    '',
    names.join(';'),
    // What the header claims of the body counts only if it is true.
    sha256(body),
  ].join('\n');
}

/** By name, then by value, each by its encoded form. */
const canonicalQuery = (query: string): string =>
  query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', ...value] = part.split('=');
      return [encode(decodeURIComponent(name)), encode(decodeURIComponent(value.join('=')))] as const;
    })
    .sort(([nameA, valueA], [nameB, valueB]) => byCode(nameA, nameB) || byCode(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');

const byCode = (a: string, b: string): number => Number(a > b) - Number(a < b);

/** Percent-encodes all but the unreserved characters of RFC 3986. */
const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (character) => `%${hex(character.charCodeAt(0))}`);

const hex = (code: number): string => code.toString(16).toUpperCase();

const signingKey = (secret: string, day: string, { region, service }: SignatureRules): Buffer =>
  [day, region, service, 'aws4_request'].reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secret}`));

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text, 'utf8').digest();
const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

function parseBasicFormat(stamp: string): number | undefined {
  const ms = Date.parse(stamp.replace(BASIC_FORMAT, '$1-$2-$3T$4:$5:$6Z'));
  return BASIC_FORMAT.test(stamp) && !Number.isNaN(ms) ? ms : undefined;
}

const toBasicFormat = (ms: number): string => new Date(ms).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
