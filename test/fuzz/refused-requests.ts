import { TOKEN_CANARY } from './canaries.ts';
import type { Mode } from './exchange.ts';
import type { Random } from './random.ts';
import { type RequestDraft, toText, validRequest } from './valid-requests.ts';

/** A request that is correct HTTP and that the daemon has to refuse, or to answer all the same, but never to drop. */
export function refusedRequest(random: Random, mode: Mode): string {
  const base = validRequest(random, { listener: 'tcp', mode });
  return toText(random.pick(spoilers)(base, random));
}

type Spoiler = (draft: RequestDraft, random: Random) => RequestDraft;

const withHeader = (name: string, value: string): Spoiler => {
  return (draft) => ({ ...draft, headers: [...draft.headers, [name, value]] });
};
const toTarget = (choose: (random: Random) => string): Spoiler => {
  return (draft, random) => ({ method: 'GET', target: choose(random), headers: draft.headers, status: 0 });
};
const toBody = (target: string, type: string, choose: (random: Random) => string): Spoiler => {
  return (draft, random) => ({
    method: 'POST',
    target,
    // Text that is asked to be resolved comes back: it must not hold the token that JSON is refused for.
    headers: [...draft.headers.filter(([name]) => name !== 'Content-Type'), ['Content-Type', type]],
    body: choose(random),
    status: 0,
  });
};

const METHODS = [
  'HEAD',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'SEARCH',
  'LOCK',
  'M-SEARCH',
  'QUERY',
];
const HOSTS = ['evil.example', 'localhost.evil.example', '', '127.0.0.1:', '[::1]:1', '[::1', 'a b', TOKEN_CANARY];
const PATHS = [
  '%zz',
  '%',
  '%e0%a4%a',
  '%ff%fe',
  '%00',
  'a%00b',
  '%2e%2e/etc/passwd',
  '../../etc/passwd',
  'a//b',
  '/a',
  'a/',
  '.',
  'a%0d%0aX-Injected:%201',
  '%c0%ae%c0%ae/',
  'a%2f%2fb',
  '%ed%a0%80',
  '__proto__',
  'constructor',
  'a;b=c',
  'a#b',
  '?',
];
const QUERIES = [
  `token=${TOKEN_CANARY}`,
  'key=',
  'key=a&key=b',
  'format=xml',
  'fresh=maybe',
  'version=',
  'stage=%00',
  'key=%zz',

  'provider=nobody',
  'provider=__proto__',
  '=',
  '&&&',
  'key=/password',
  'key=/%7E3',
  'version=99999',
  '__proto__=1',
];
const BODIES = [
  '',
  '{',
  'null',
  '[]',
  '"text"',
  '{"secrets":[]}',
  '{"secrets":{}}',
  '{"secrets":[{}]}',
  '{"secrets":[null]}',
  `{"secrets":[{"path":"a","token":"${TOKEN_CANARY}"}]}`,
  '{"__proto__":{"text":"a"}}',
  '\ufeff{}',
  '{"text":1}',
  '{"secrets":[{"path":"../x"},{"path":""},{"path":"a","version":""}]}',
  `{"text":"a","token":"${TOKEN_CANARY}"}`,
];
const TEXTS = [
  '{{secret:}}',
  '{{secret:a',
  '{{secret:{{secret:a}}}}',
  '{{secret:no/such}}',
  '{{secret:db/creds#}}',
  '}}{{',
];

const spoilers: readonly Spoiler[] = [
  (draft, random) => ({ ...draft, method: random.pick(METHODS) }),
  (draft, random) => withHeader('Host', random.pick(HOSTS))(draft, random),
  withHeader('Origin', `https://${TOKEN_CANARY}.example`),
  withHeader('Origin', 'null'),
  withHeader('Sec-Fetch-Site', 'cross-site'),
  withHeader('X-Forwarded-For', `10.0.0.1, ${TOKEN_CANARY}`),
  withHeader('Forwarded', 'for=10.0.0.1'),
  withHeader('Via', '1.1 proxy'),
  withHeader('Accept', 'image/png'),
  withHeader('If-None-Match', '*'),
  withHeader('X-Request-Id', `bad id ${TOKEN_CANARY}`),
  withHeader('traceparent', `00-${TOKEN_CANARY}`),
  withHeader('Content-Type', 'application/x-unknown'),
  withHeader('Upgrade', 'websocket'),
  withHeader('X-High', '\u00ff\u00fe\u0080'),
  toTarget((random) => `/v1/${random.pick(['secrets', 'metadata', 'versions', 'cache'])}/${random.pick(PATHS)}`),
  toTarget((random) => `/v1/secrets/${'a'.repeat(random.int(2_000, 9_000))}`),
  toTarget((random) => `/v1/secrets/db/creds?${random.pick(QUERIES)}`),
  toTarget(
    (random) => `/v1/secrets?${random.pick(['limit=0', 'limit=1e9', 'cursor=forged', 'tag=a', 'tag==', 'prefix=%00'])}`,
  ),
  toTarget((random) =>
    random.pick(['/', '//', '/v1', '/V1/secrets/a', '/livez/', '/metrics?x=1', '*', 'http://evil/x', '/%zz']),
  ),
  (draft, random) =>
    toBody(random.pick(['/v1/batch', '/v1/resolve']), 'application/json', pickOf(BODIES))(draft, random),
  toBody('/v1/resolve', 'text/plain', (random) => random.pick(TEXTS)),
  toBody('/v1/resolve', 'text/plain', (random) => '{{secret:x}}'.repeat(random.int(100, 3_000))),
  toBody('/v1/batch', 'application/json', (random) => '['.repeat(random.int(1_000, 50_000))),
  toBody('/v1/batch', 'text/xml', () => '<a/>'),
  toBody('/v1/secrets/db/creds', 'application/json', () => '{}'),
];

const pickOf =
  (values: readonly string[]) =>
  (random: Random): string =>
    random.pick(values);
