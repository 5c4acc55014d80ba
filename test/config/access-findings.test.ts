import { test } from 'tap';
import { ConfigProblems } from '../../src/config/config-problems.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { providerKinds } from '../../src/providers/registry.ts';

const FILES = 'providers: [{ name: files, type: local, path: ./s.yaml }]';
const load = (text: string) => loadConfig({ text: `${text}\n${FILES}\n`, file: 'f' }, providerKinds);

/** The problems, without their places. */
function complaints(text: string): readonly string[] {
  try {
    load(text);
    return [];
  } catch (error) {
    if (error instanceof ConfigProblems) return error.problems.map(({ message }) => message);
    throw error;
  }
}

const TLS = 'tls: { cert: /c.pem, key: /k.pem }';
const MTLS = 'tls: { cert: /c.pem, key: /k.pem, clientCa: /ca.pem }';
const TOKEN = 'access: { mode: token, callers: [{ name: web, token: { file: /t }, operations: [get] }] }';
const UNREACHED = "is missing: 'listen[0]' is reached by a name, and serves only those in the list";
const BOUND =
  "'listen[0].caller' is for a unix socket, or a listener whose 'tls' has a 'clientCa': whoever reaches this one would be that caller";

test('a mode that does not suit the listener stops the start', async (t) => {
  const rows: readonly [text: string, ...complaints: string[]][] = [
    [`${TOKEN}\nhosts: [a.b]\n${TLS}\nlisten: ["0.0.0.0:8200"]`],
    [`${TOKEN}\nhosts: [a.b]\nlisten: [{ address: "10.0.0.5:8200", ${TLS} }]`],
    [
      'listen: ["0.0.0.0:8200"]',
      `'hosts' ${UNREACHED}`,
      "'listen[0]' can be reached from elsewhere and needs 'tls'; for probes and metrics there is 'ops.listen'",
      "'listen[0]' can be reached from elsewhere, and 'access.mode' is open: it needs token or jwt",
    ],
    [
      `${TLS}\nhosts: [a.b]\nlisten: ["[::]:8200"]`,
      "'listen[0]' can be reached from elsewhere, and 'access.mode' is open: it needs token or jwt",
    ],
    [`${TOKEN}\n${TLS}\nlisten: ["0.0.0.0:8200"]`, `'hosts' ${UNREACHED}`],
    [
      `${TOKEN}\nhosts: [a.b]\nlisten: ["0.0.0.0:8200"]`,
      "'listen[0]' can be reached from elsewhere and needs 'tls'; for probes and metrics there is 'ops.listen'",
    ],
    [`${TOKEN}\nhosts: [a.b]\n${MTLS}\nlisten: [{ address: "0.0.0.0:8200", caller: web }]`],
    [`${TOKEN}\nhosts: [a.b]\n${TLS}\nlisten: [{ address: "0.0.0.0:8200", caller: web }]`, BOUND],
    [`${TOKEN}\nlisten: [{ address: "127.0.0.1:8200", caller: web }]`, BOUND],
    [`${TOKEN}\nlisten: [{ address: "127.0.0.1:8200", caller: web, ${MTLS} }]`],
    [
      `${TOKEN}\nlisten: [{ address: "unix:/run/s", caller: web, ${TLS} }]`,
      "'listen[0].tls' has no meaning for a unix socket",
    ],
    [
      `${TOKEN}\nlisten: [{ address: "127.0.0.1:1", socket: { mode: "0600" } }]`,
      "'listen[0].socket' is for unix sockets",
    ],
    [
      `${TOKEN}\nlisten: [{ address: "unix:/run/s", caller: who }]`,
      "'listen[0].caller' names no caller of 'access.callers'",
    ],
    [
      `${TOKEN}\nlisten: [{ address: "unix:/run/s", caler: web }]`,
      "unknown key 'listen[0].caler', did you mean 'listen[0].caller'?",
    ],
    ['listen: [5]', "'listen[0]' must be an address, or a mapping with an 'address'"],
    ['tls: { cert: /c.pem }', "'tls.key' is missing"],
  ];
  for (const [text, ...expected] of rows) t.strictSame(complaints(text), expected, text);
});

test('a caller that nobody can be is a mistake', async (t) => {
  const caller = (mode: string, marks: string, listen = ''): string =>
    `access: { mode: ${mode}, jwt: { issuer: i, audience: a, jwksFile: /j }, callers: [{ name: web, ${marks} operations: [get] }] }${listen}`;
  const idle = (missing: string): string =>
    `'access.callers[0].name' has no effect: ${missing}, and no listener is this caller's`;
  const socket = '\nlisten: [{ address: "unix:/run/s", caller: web }]';
  t.strictSame(complaints(caller('token', 'token: { file: /t },')), []);
  t.strictSame(complaints(caller('token', 'subject: s,')), [idle("there is no 'token'")]);
  t.strictSame(complaints(caller('jwt', 'subject: s,')), []);
  t.strictSame(complaints(caller('jwt', 'token: { file: /t },')), [idle("there is no 'subject'")]);
  t.strictSame(complaints(caller('open', 'token: { file: /t },')), [idle("in open mode every caller is 'anonymous'")]);
  for (const mode of ['open', 'token', 'jwt']) t.strictSame(complaints(caller(mode, '', socket)), []);
});

test('where the keys of tokens come from', async (t) => {
  const jwt = (text: string): readonly string[] =>
    complaints(`access: { mode: jwt, callers: [{ name: web, subject: s, operations: [get] }]${text} }`);
  const usual = 'issuer: i, audience: a';
  t.strictSame(jwt(''), ["'access.jwt' is missing: 'access.mode' is jwt"]);
  t.strictSame(jwt(', jwt: { jwksFile: /j }'), ["'access.jwt.issuer' is missing", "'access.jwt.audience' is missing"]);
  t.strictSame(jwt(`, jwt: { ${usual} }`), ["'access.jwt.jwksUri' is missing, or 'jwksFile'"]);
  t.strictSame(jwt(`, jwt: { ${usual}, jwksFile: /j, jwksUri: "https://k" }`), [
    "'access.jwt.jwksFile' and 'jwksUri' exclude each other",
  ]);
  t.strictSame(jwt(`, jwt: { ${usual}, jwksFile: /j, ca: /c, token: { file: /t } }`), [
    "'access.jwt.ca' is for the server of 'jwksUri'",
    "'access.jwt.token' is for the server of 'jwksUri'",
  ]);
  t.strictSame(jwt(`, jwt: { ${usual}, jwksUri: "https://k/openid/v1/jwks", ca: /c, token: { file: /t } }`), []);
  t.strictSame(jwt(`, jwt: { ${usual}, jwksUri: "http://127.0.0.1:1/k" }`), []);
  t.match(jwt(`, jwt: { ${usual}, jwksUri: "http://k/" }`), [/^'access.jwt.jwksUri' must begin with 'https:/]);
  t.strictSame(jwt(`, jwt: { ${usual}, jwksUri: "" }`), ["'access.jwt.jwksUri' must not be empty"]);
  t.match(jwt(`, jwt: { ${usual}, jwksFile: /j, algorithms: [HS256] }`), [
    /^'access.jwt.algorithms\[0\]' must be 'RS256'/,
  ]);
  t.match(jwt(`, jwt: { ${usual}, jwksFile: /j, algorithms: [none] }`), [
    /^'access.jwt.algorithms\[0\]' must be 'RS256'/,
  ]);
  t.strictSame(jwt(', jwt: { issuer: i, audience: [], jwksFile: /j }'), [
    "'access.jwt.audience' needs at least one entry",
  ]);
  const { config } = load(`access: { mode: jwt, callers: [], jwt: { ${usual}, jwksFile: /j } }`);
  t.match(config.access.jwt, { issuer: 'i', audience: ['a'], algorithms: ['RS256', 'ES256'], jwksFile: '/j' });
});

test('rules of a caller', async (t) => {
  const rules = (text: string): readonly string[] =>
    complaints(`access: { callers: [{ name: anonymous, operations: [get], ${text} }] }`);
  const PATTERN = "must be a path pattern such as 'app/**' or 'app/*/db'";
  t.strictSame(rules('allow: [/app/prod/*, "a/**", "*"], deny: ["/**"], providers: [files], tags: { a: b }'), []);
  t.strictSame(rules('allow: ["//a"]'), [`'access.callers[0].allow[0]' ${PATTERN}`]);
  t.strictSame(rules('deny: ["a**"]'), [`'access.callers[0].deny[0]' ${PATTERN}`]);
  t.strictSame(rules('deny: [a/../b]'), [`'access.callers[0].deny[0]' ${PATTERN}`]);
  t.strictSame(rules('allow: [a, a]'), ["'access.callers[0].allow' holds the same entry twice"]);
  t.strictSame(rules('providers: [vault]'), ["'access.callers[0].providers[0]' names no provider of 'providers'"]);
  t.strictSame(rules('tags: { a: 1 }'), ["'access.callers[0].tags.a' must be a text"]);
  t.strictSame(rules('rateLimit: { perSecond: 0.5, burst: 1 }'), []);
  t.strictSame(rules('rateLimit: { perSecond: 0, burst: 1 }'), [
    "'access.callers[0].rateLimit.perSecond' must be a number above 0, at most 1000000",
  ]);
  t.strictSame(rules('rateLimit: { perSecond: 1 }'), ["'access.callers[0].rateLimit.burst' is missing"]);
  t.strictSame(complaints('access: { requiredHeader: "X Y" }'), [
    "'access.requiredHeader' must be the name of a header, such as X-Keyfob",
  ]);
  t.equal(load('access: { requiredHeader: X-Keyfob }').config.access.requiredHeader, 'x-keyfob');
});

test('a token in the configuration is warned of', async (t) => {
  const { warnings } = load(
    'access: { mode: token, callers: [{ name: web, token: literal-token-0123, operations: [get] }] }',
  );
  t.match(warnings, [/'access.callers\[0\].token' is a credential in plain text/]);
});

test('TLS is for what others reach, unless a listener says otherwise', async (t) => {
  const { config } = load(
    `${TOKEN}\nhosts: [a.b]\n${TLS}\nlisten: ["127.0.0.1:1", "10.0.0.1:1", { address: "127.0.0.1:2", tls: { cert: /o.pem, key: /o.key } }, "unix:/s"]\nops: { listen: ["0.0.0.0:3"] }`,
  );
  t.same(
    config.listen.map(({ tls }) => tls?.cert),
    [undefined, '/c.pem', '/o.pem', undefined],
  );
  t.equal(config.ops.listen[0]?.tls, undefined);
});

test('a socket has its own permissions where it says so', async (t) => {
  const { config } = load(
    'socket: { mode: "0660", group: app }\nlisten: ["unix:/a", { address: "unix:/b", socket: { group: web } }, { address: "unix:/c", socket: { mode: "0600" } }]',
  );
  t.same(
    config.listen.map(({ socket }) => socket),
    [
      { mode: 0o660, group: 'app' },
      { mode: 0o660, group: 'web' },
      { mode: 0o600, group: 'app' },
    ],
  );
});
