import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as fc from 'fast-check';
import { test, type Test } from 'tap';
import { Redacted } from '../../../src/core/redacted.ts';
import { signRequest } from '../../../src/credentials/aws/sign.ts';
import { createHttpClient } from '../../../src/transport/http-client.ts';
import { Loopback } from '../../fakes/aws-loopback.ts';
import { checkSignature, type SignatureRules, type SignedMessage } from '../../fakes/aws-signature-check.ts';

const RUNS = 300;
const OUR_NOW_MS = Date.UTC(2026, 4, 6, 7, 8, 9);

/** What the request is made of, at random. */
interface Case {
  readonly name: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  readonly region: string;
  readonly offsetMs: number;
}

const ofCharacters = (characters: string, minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...characters.split('')), minLength, maxLength });
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ALPHANUMERIC = `${UPPER}${UPPER.toLowerCase()}0123456789`;
const BASE64 = `${ALPHANUMERIC}+/=`;

const cases: fc.Arbitrary<Case> = fc.record({
  // Every character that a secret's name may have, those of an ARN too.
  name: ofCharacters(`${ALPHANUMERIC}/_+=.@-:`, 1, 512),
  accessKeyId: ofCharacters(`${UPPER}0123456789`, 16, 20),
  secretAccessKey: ofCharacters(BASE64, 40, 40),
  sessionToken: fc.option(ofCharacters(BASE64, 100, 1_000), { nil: undefined }),
  region: fc.constantFrom('us-east-1', 'eu-central-2', 'cn-north-1', 'us-gov-west-1', 'us-isob-east-1'),
  offsetMs: fc.integer({ min: -86_400_000, max: 86_400_000 }),
});

const rulesOf = (it: Case, nowMs: number): SignatureRules => ({
  service: 'secretsmanager',
  region: it.region,
  keys: new Map([
    [
      it.accessKeyId,
      { secretAccessKey: it.secretAccessKey, ...(it.sessionToken !== undefined && { sessionToken: it.sessionToken }) },
    ],
  ]),
  nowMs,
});

/** A server on loopback that keeps the last request as it came. */
async function startRecorder(t: Test): Promise<{ readonly url: URL; last(): SignedMessage }> {
  const headers = { 'content-type': 'application/x-amz-json-1.1' };
  const server = await new Loopback(() => ({ status: 200, text: '{"Name":"a"}', headers })).listen();
  t.teardown(() => server.close());
  return {
    url: new URL(`${server.address}/`),
    last: () => {
      const last = server.requests.at(-1);
      if (last === undefined) throw new TypeError('nothing was recorded');
      return last;
    },
  };
}

const credentialsOf = ({ accessKeyId, secretAccessKey, sessionToken }: Case) => ({
  accessKeyId,
  secretAccessKey: new Redacted(secretAccessKey),
  ...(sessionToken !== undefined && { sessionToken: new Redacted(sessionToken) }),
  source: 'a test',
});

const signedNames = (message: SignedMessage): readonly string[] =>
  /SignedHeaders=([^,]+)/.exec(message.headers['authorization'] ?? '')?.[1]?.split(';') ?? [];

const signatureOf = (authorization: string | undefined): string | undefined =>
  /Signature=(\w+)/.exec(authorization ?? '')?.[1];

test('requests of the SDK and ours are accepted by one checker, and both sign alike', async (t) => {
  const recorder = await startRecorder(t);
  const http = createHttpClient({ maxResponseBytes: 1_000 });
  t.teardown(() => http.close());
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(cases, async (it) => {
      runs++;
      const sdk = new SecretsManagerClient({
        region: it.region,
        endpoint: recorder.url.href,
        credentials: {
          accessKeyId: it.accessKeyId,
          secretAccessKey: it.secretAccessKey,
          ...(it.sessionToken !== undefined && { sessionToken: it.sessionToken }),
        },
        systemClockOffset: it.offsetMs,
      });
      await sdk.send(new GetSecretValueCommand({ SecretId: it.name }));
      sdk.destroy();
      const theirs = recorder.last();
      const refusal = checkSignature(theirs, rulesOf(it, Date.now() + it.offsetMs));
      if (refusal !== undefined) throw new Error(`the checker refuses the SDK: ${refusal.message}`);

      const date = new Date(OUR_NOW_MS + it.offsetMs);
      const request = { credentials: credentialsOf(it), region: it.region, service: 'secretsmanager' };
      const body = JSON.stringify({ SecretId: it.name });
      const headers = signRequest({
        ...request,
        method: 'POST',
        url: recorder.url,
        headers: {
          'Content-Type': 'application/x-amz-json-1.1',
          'X-Amz-Target': 'secretsmanager.GetSecretValue',
        },
        body,
        date,
      });
      await http.send({ method: 'POST', url: recorder.url, headers, body, signal: new AbortController().signal });
      const ours = recorder.last();
      const complaint = checkSignature(ours, rulesOf(it, date.getTime()));
      if (complaint !== undefined) throw new Error(`the checker refuses ours: ${complaint.message}`);

      // Their request, signed by us: the same headers at the same second give the same signature.
      const stamp = theirs.headers['x-amz-date'] ?? '';
      const again = signRequest({
        ...request,
        method: theirs.method,
        url: recorder.url,
        headers: Object.fromEntries(
          signedNames(theirs)
            .filter((name) => name !== 'host' && name !== 'x-amz-date')
            .map((name) => [name, theirs.headers[name] ?? '']),
        ),
        body: theirs.body,
        date: new Date(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')),
      });
      if (signatureOf(again['Authorization']) !== signatureOf(theirs.headers['authorization']))
        throw new Error('the SDK signs otherwise');
    }),
    { numRuns: RUNS },
  );
  t.ok(runs >= RUNS, `${runs} requests of each`);
});

/** Places where a single bit may be wrong. */
const damages: readonly (readonly [string, (message: SignedMessage, bit: number) => SignedMessage])[] = [
  ['body', (message, bit) => ({ ...message, body: flip(message.body, bit) })],
  ['signature', (message, bit) => withHeader(message, 'authorization', (value) => flipHex(value, bit))],
  ['host', (message, bit) => withHeader(message, 'host', (value) => flip(value, bit))],
  ['content-type', (message, bit) => withHeader(message, 'content-type', (value) => flip(value, bit))],
  ['x-amz-target', (message, bit) => withHeader(message, 'x-amz-target', (value) => flip(value, bit))],
  ['method', (message) => ({ ...message, method: 'PUT' })],
  ['path', (message) => ({ ...message, target: `${message.target}a` })],
  ['query', (message) => ({ ...message, target: `${message.target}?a=` })],
  ['a header more', (message) => withHeader(message, 'x-amz-more', () => 'a')],
  ['seconds', (message) => withHeader(message, 'x-amz-date', nextSecond)],
];

const withHeader = (message: SignedMessage, name: string, change: (value: string) => string): SignedMessage => ({
  ...message,
  headers: { ...message.headers, [name]: change(message.headers[name] ?? '') },
});

/** Changes the lowest bit of a character; trimming and folding of blanks cannot undo it. */
const flip = (value: string, bit: number): string => {
  const at = bit % value.length;
  return value.slice(0, at) + String.fromCharCode(value.charCodeAt(at) ^ 1) + value.slice(at + 1);
};

const flipHex = (value: string, bit: number): string => {
  const start = value.length - 64 + (bit % 64);
  return value.slice(0, start) + (Number.parseInt(value[start] ?? '0', 16) ^ 1).toString(16) + value.slice(start + 1);
};

const nextSecond = (stamp: string): string => stamp.replace(/\d(?=Z$)/, (digit) => String((Number(digit) + 1) % 10));

test('a wrong bit anywhere, a wrong key or a wrong time is refused', (t) => {
  const url = new URL('https://secretsmanager.eu-west-1.amazonaws.com/');
  fc.assert(
    fc.property(cases, fc.nat(), (it, bit) => {
      const date = new Date(OUR_NOW_MS + it.offsetMs);
      const body = JSON.stringify({ SecretId: it.name });
      const signed = signRequest({
        credentials: credentialsOf(it),
        region: it.region,
        service: 'secretsmanager',
        method: 'POST',
        url,
        headers: { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': 'secretsmanager.GetSecretValue' },
        body,
        date,
      });
      const headers = Object.fromEntries(Object.entries(signed).map(([name, value]) => [name.toLowerCase(), value]));
      const message = { method: 'POST', target: '/', headers, body };
      const rules = rulesOf(it, date.getTime());
      if (checkSignature(message, rules) !== undefined) throw new Error('a good request is refused');
      for (const [what, damage] of damages)
        if (checkSignature(damage(message, bit), rules) === undefined) throw new Error(`a wrong ${what} is accepted`);
      const wrongKey = rulesOf({ ...it, secretAccessKey: flip(it.secretAccessKey, bit) }, date.getTime());
      if (checkSignature(message, wrongKey) === undefined) throw new Error('a wrong secret key is accepted');
      const wrongToken = rulesOf({ ...it, sessionToken: `${it.sessionToken ?? ''}x` }, date.getTime());
      if (checkSignature(message, wrongToken) === undefined) throw new Error('a wrong session token is accepted');
      for (const wrong of [
        { ...rules, region: 'eu-west-9' },
        { ...rules, service: 'sts' },
      ])
        if (checkSignature(message, wrong) === undefined) throw new Error('a wrong scope is accepted');
      for (const offMs of [-301_000, 301_000])
        if (checkSignature(message, rulesOf(it, date.getTime() + offMs)) === undefined)
          throw new Error('a wrong time is accepted');
    }),
    { numRuns: 100 },
  );
  t.end();
});

test('paths and queries are signed as they are sent', (t) => {
  const segment = fc.string({
    unit: fc.constantFrom(...`${ALPHANUMERIC}-._~!$&'()*+,;=:@ /%?äß€`.split('')),
    maxLength: 20,
  });
  fc.assert(
    fc.property(
      cases,
      fc.array(segment, { maxLength: 3 }),
      fc.dictionary(segment, segment, { maxKeys: 3 }),
      (it, path, query) => {
        const url = new URL('https://proxy.example:8443/');
        url.pathname = path
          .filter((part) => !/^\.+$/.test(part) && part !== '')
          .map(encodeURIComponent)
          .join('/');
        url.search = Object.entries(query)
          .filter(([name]) => name !== '' && name !== '__proto__')
          .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
          .join('&');
        const date = new Date(OUR_NOW_MS);
        const request = {
          region: it.region,
          service: 'secretsmanager',
          method: 'GET',
          url,
          headers: {},
          body: '',
          date,
        };
        const signed = signRequest({ ...request, credentials: credentialsOf(it) });
        const headers = Object.fromEntries(Object.entries(signed).map(([name, value]) => [name.toLowerCase(), value]));
        const message = { method: 'GET', target: `${url.pathname}${url.search}`, headers, body: '' };
        const refusal = checkSignature(message, rulesOf(it, date.getTime()));
        if (refusal !== undefined) throw new Error(`${refusal.message} ${message.target}`);
      },
    ),
    { numRuns: 200 },
  );
  t.end();
});

test('a request without a signature, or with half of one, is refused', (t) => {
  const rules = { service: 'sts', region: 'eu-west-1', keys: new Map(), nowMs: OUR_NOW_MS };
  const code = (headers: Record<string, string>): string | undefined =>
    checkSignature({ method: 'POST', target: '/', headers, body: '' }, rules)?.code;
  t.equal(code({ host: 'a' }), 'MissingAuthenticationTokenException');
  t.equal(code({ host: 'a', authorization: 'AWS4-HMAC-SHA256 Credential=a' }), 'IncompleteSignatureException');
  t.end();
});
