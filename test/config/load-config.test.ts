import * as fc from 'fast-check';
import { test } from 'tap';
import { ConfigProblems } from '../../src/config/config-problems.ts';
import { loadConfig, localConfig } from '../../src/config/load-config.ts';
import { credentialSchema } from '../../src/core/credential-setting.ts';
import { ConfigurationError } from '../../src/core/errors/configuration-error.ts';
import type { ProviderKind } from '../../src/core/provider.ts';

const create = (): never => {
  throw new Error('no provider is made while loading');
};
const kinds: readonly ProviderKind[] = [
  { type: 'local', schema: { properties: { path: { type: 'string', minLength: 1 } }, required: ['path'] }, create },
  {
    type: 'vault',
    hasScopes: true,
    schema: {
      properties: {
        address: { type: 'string' },
        mount: { type: 'string', default: 'secret' },
        insecure: { type: 'boolean', default: false },
        auth: {
          type: 'object',
          oneOf: [
            {
              properties: { method: { const: 'token' }, token: credentialSchema },
              required: ['method', 'token'],
              additionalProperties: false,
            },
            {
              properties: { method: { const: 'approle' }, roleId: credentialSchema, secretId: credentialSchema },
              required: ['method', 'roleId', 'secretId'],
              additionalProperties: false,
            },
          ],
        },
      },
      required: ['address', 'auth'],
    },
    check: (options) =>
      JSON.stringify(options).includes('"http:') ? [{ key: 'address', message: 'needs https' }] : [],
    create,
  },
];

const FILES = 'providers: [{ name: files, type: local, path: ./secrets.yaml }]\n';

/** What is wrong with the text, as the user sees it; empty when nothing is. */
function complaints(text: string, listen?: readonly string[]): string {
  try {
    loadConfig({ text, file: 'keyfob.yaml' }, kinds, listen === undefined ? {} : { listen });
    return '';
  } catch (error) {
    if (error instanceof ConfigProblems) return error.message;
    throw error;
  }
}

const load = (text: string) => loadConfig({ text, file: 'keyfob.yaml' }, kinds);

test('one provider is enough, and everything else has its default', async (t) => {
  const { config, warnings } = load(FILES);
  t.strictSame(warnings, []);
  t.strictSame(config, {
    listen: [{ address: { kind: 'tcp', host: '127.0.0.1', port: 8200 }, socket: { mode: 0o660 } }],
    hosts: [],
    ops: { listen: [] },
    drainMs: 5_000,
    defaultProvider: 'files',
    providers: [{ name: 'files', type: 'local', attemptTimeoutMs: 3_000, options: { path: './secrets.yaml' } }],
    pathMappings: [],
    cache: {
      ttlMs: 300_000,
      negativeTtlMs: 30_000,
      maxEntries: 1_000,
      maxBytes: 67_108_864,
      staleFallback: true,
      maxStaleMs: 86_400_000,
      refreshAheadMs: 60_000,
      patienceMs: 500,
      gracePeriodMs: 300_000,
    },
    preload: [],
    rotation: { checkIntervalMs: 0 },
    budget: { perSecond: 50, burst: 500 },
    notifications: { webhooks: [] },
    retry: { maxAttempts: 5 },
    circuitBreaker: { failureThreshold: 5, successThreshold: 2, resetTimeoutMs: 30_000 },
    deadlineMs: 10_000,
    limits: { valueBytes: 1_048_576, bodyBytes: 1_048_576 },
    access: { mode: 'open', callers: [] },
    audit: { enabled: true, sink: 'stdout', failClosed: false },
    log: { level: 'info' },
  });
});

const FULL = `
listen: ["127.0.0.1:8201", "[::1]:8201", "localhost:0", "unix:/run/keyfob/keyfob.sock"]
socket: { mode: "0600", group: app }
hosts: [Keyfob.Local]
ops: { listen: ["0.0.0.0:9464"] }
drain: 0
environment: prod/
defaultProvider: vault
providers:
  - { name: files, type: local, path: ./secrets.yaml }
  - name: vault
    type: vault
    address: https://vault.internal:8200
    attemptTimeout: 1500ms
    auth: { method: token, token: { env: TOKEN } }
pathMappings:
  - { pattern: "**", provider: files }
  - { pattern: "app/**", provider: vault, ttl: 2m, prefix: /shared/ }
  - { pattern: "app/db/creds", provider: vault, prefix: / }
cache: { ttl: 1h, negativeTtl: 0, maxEntries: 10, maxBytes: 1MiB, staleFallback: false, maxStale: 7d,
         refreshAhead: 0, patience: 2s, gracePeriod: 1m }
budget: { perSecond: 5, burst: 20 }
retry: { maxAttempts: 2 }
circuitBreaker: { failureThreshold: 3, successThreshold: 1, resetTimeout: 250 }
deadline: 1.5s
limits: { value: 2MiB, body: 4096 }
access: { mode: open, callers: [{ name: anonymous, operations: [get, invalidate] }] }
audit: { enabled: false, sink: /var/log/keyfob/audit.log }
log: { level: debug }
`;

test('every key', async (t) => {
  const { config } = load(FULL);
  t.strictSame(
    config.listen.map(({ address }) => address),
    [
      { kind: 'tcp', host: '127.0.0.1', port: 8201 },
      { kind: 'tcp', host: '::1', port: 8201 },
      { kind: 'tcp', host: '127.0.0.1', port: 0 },
      { kind: 'unix', path: '/run/keyfob/keyfob.sock' },
    ],
  );
  for (const { socket } of [...config.listen, ...config.ops.listen])
    t.strictSame(socket, { mode: 0o600, group: 'app' });
  t.match(config, {
    hosts: ['keyfob.local'],
    ops: { listen: [{ address: { kind: 'tcp', host: '0.0.0.0', port: 9464 } }] },
    drainMs: 0,
    environment: 'prod',
    defaultProvider: 'vault',
    cache: {
      ttlMs: 3_600_000,
      negativeTtlMs: 0,
      maxBytes: 1_048_576,
      staleFallback: false,
      maxStaleMs: 604_800_000,
      refreshAheadMs: 0,
      patienceMs: 2_000,
      gracePeriodMs: 60_000,
    },
    budget: { perSecond: 5, burst: 20 },
    retry: { maxAttempts: 2 },
    circuitBreaker: { failureThreshold: 3, successThreshold: 1, resetTimeoutMs: 250 },
    deadlineMs: 1_500,
    limits: { valueBytes: 2_097_152, bodyBytes: 4_096 },
    access: { callers: [{ name: 'anonymous', operations: ['get', 'invalidate'] }] },
    audit: { enabled: false, sink: '/var/log/keyfob/audit.log' },
    log: { level: 'debug' },
  });
});

test('the options of a provider have the defaults of its type and none of the common keys', async (t) => {
  t.strictSame(load(FULL).config.providers[1], {
    name: 'vault',
    type: 'vault',
    attemptTimeoutMs: 1_500,
    options: {
      address: 'https://vault.internal:8200',
      mount: 'secret',
      insecure: false,
      auth: { method: 'token', token: { env: 'TOKEN' } },
    },
  });
});

test('mappings come the most specific first, their prefixes without outer slashes', async (t) => {
  const mappings = load(FULL).config.pathMappings.map(({ pattern, prefix, ttlMs }) => [pattern.text, prefix, ttlMs]);
  t.strictSame(mappings, [
    ['app/db/creds', '/', undefined],
    ['app/**', 'shared', 120_000],
    ['**', '', undefined],
  ]);
  t.ok(load(FULL).config.pathMappings[1]?.pattern.matches('app/x/y'));
});

test('JSON is as good as YAML, tabs and all', async (t) => {
  const text = JSON.stringify({ providers: [{ name: 'files', type: 'local', path: 'é"\u{1f600}' }] }, null, '\t');
  t.equal(load(text).config.providers[0]?.options['path'], 'é"\u{1f600}');
  t.equal(complaints(text.replace('"path"', '"pth"')).split('\n').length, 2);
  t.match(complaints(text.replace('"path"', '"pth"')), /^keyfob\.yaml:3: 'providers\[0\]\.path' is missing$/m);
  t.match(complaints(text.replace('"path"', '"pth"')), /^keyfob\.yaml:6: unknown key 'providers\[0\]\.pth'/m);
});

test('the result is frozen all the way down', async (t) => {
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    t.ok(Object.isFrozen(value));
    for (const member of Object.values(value)) walk(member);
  };
  walk(load(FULL).config);
});

test('--listen takes the place of the file', async (t) => {
  const { config } = loadConfig({ text: `listen: nonsense\n${FILES}`, file: 'f' }, kinds, { listen: ['[::1]:0'] });
  t.match(config.listen, [{ address: { kind: 'tcp', host: '::1', port: 0 } }]);
  t.equal(
    complaints(`drain: x\n${FILES}`, ['8200']),
    "--listen: 'listen[0]' must be an address such as '127.0.0.1:8200', '[::1]:8200' or 'unix:/run/keyfob.sock'\n" +
      "keyfob.yaml:1: 'drain' must be a duration such as '5m', '30s', '500ms', or a number of milliseconds",
  );
  t.equal(complaints('[1]', ['127.0.0.1:0']), 'keyfob.yaml:1: the configuration must be a mapping');
  t.equal(complaints('', ['127.0.0.1:0']), "keyfob.yaml:1: 'providers' is missing");
});

test('--local makes one provider, with the same defaults', async (t) => {
  const { config } = localConfig('./my.yaml', kinds, { listen: ['127.0.0.1:0'] });
  const fromFile = load('listen: ["127.0.0.1:0"]\nproviders: [{ name: local, type: local, path: ./my.yaml }]').config;
  t.strictSame(config, fromFile);
  t.equal(localConfig('./my.yaml', kinds).config.listen.length, 1);
  t.throws(() => localConfig('', kinds), { message: "--local: 'providers[0].path' must not be empty" });
});

const ADDRESS_ADVICE = "must be an address such as '127.0.0.1:8200', '[::1]:8200' or 'unix:/run/keyfob.sock'";
const DURATION_ADVICE = "must be a duration such as '5m', '30s', '500ms', or a number of milliseconds";

const CACHE_ADVICE = "must be a size such as '64MiB', '512KiB', or a number of bytes";
const PATTERN_ADVICE = "must be a path pattern such as 'app/**' or 'app/*/db'";

/** Each text stands in line 1, before one good provider. */
const oneLine: readonly (readonly [text: string, complaint: string])[] = [
  ['cahce: {}', "unknown key 'cahce', did you mean 'cache'?"],
  ['cache: { max_entries: 5 }', "unknown key 'cache.max_entries', did you mean 'cache.maxEntries'?"],
  ['tls: {}', "'tls.cert' is missing\nkeyfob.yaml:1: 'tls.key' is missing"],
  ['budget: {}', ''],
  ['budget: { perSecond: 0 }', "'budget.perSecond' must be at least 1"],
  ['budget: { burst: 0 }', "'budget.burst' must be at least 1"],
  ['budget: { perSecond: 1.5 }', "'budget.perSecond' must be a whole number"],
  ['cache: { patience: long }', `'cache.patience' ${DURATION_ADVICE}`],
  ['cache: { refreshahead: 1m }', "unknown key 'cache.refreshahead', did you mean 'cache.refreshAhead'?"],
  ['cache:', "'cache' must be a mapping, and is empty"],
  ['drain: soon', `'drain' ${DURATION_ADVICE}`],
  ['drain: [5s]', `'drain' ${DURATION_ADVICE}`],
  ['deadline: 0', "'deadline' must be between 1ms and 24h"],
  ['deadline: 25h', "'deadline' must be between 1ms and 24h"],
  ['deadline: -1', `'deadline' ${DURATION_ADVICE}`],
  ['deadline: .inf', `'deadline' ${DURATION_ADVICE}`],
  ['cache: { maxBytes: 64MB }', `'cache.maxBytes' ${CACHE_ADVICE}`],
  ['limits: { value: 1GiB }', "'limits.value' must be between 1B and 256MiB"],
  ['cache: { maxEntries: 0 }', "'cache.maxEntries' must be at least 1"],
  ['cache: { maxEntries: 1.5 }', "'cache.maxEntries' must be a whole number"],
  ['retry: { maxAttempts: 101 }', "'retry.maxAttempts' must be at most 100"],
  ['cache: { staleFallback: yes }', "'cache.staleFallback' must be true or false"],
  ['listen: []', "'listen' needs at least one entry"],
  ['listen: "127.0.0.1:8200"', "'listen' must be a list"],
  ['listen: ["127.0.0.1"]', `'listen[0]' ${ADDRESS_ADVICE}`],
  ['listen: [{ address: "127.0.0.1:1" }]', ''],
  ['listen: [{ address: "127.0.0.1" }]', `'listen[0].address' ${ADDRESS_ADVICE}`],
  ['listen: [{}]', "'listen[0].address' is missing"],
  ['listen: ["localhost:1", "127.0.0.1:1"]', "'listen[1]' takes the address of 'listen[0]'"],
  ['listen: ["[::1]:0", "[::1]:0"]', ''],
  ['{ ops: { listen: ["0.0.0.0:8200"] } }', "'ops.listen[0]' takes the address of 'listen[0]'"],
  ['socket: { mode: 0660 }', `'socket.mode' must be a quoted octal number such as "0660"`],
  ['socket: { mode: "0990" }', `'socket.mode' must be a quoted octal number such as "0660"`],
  ['hosts: ["a.b:80"]', "'hosts[0]' must be a host name or address without a port"],
  ['environment: ""', "'environment' must be the beginning of a path, such as 'team' or 'team/shop'"],
  ['environment: a/../b', "'environment' must be the beginning of a path, such as 'team' or 'team/shop'"],
  ['defaultProvider: file', "'defaultProvider' names no provider of 'providers'"],
  ['defaultProvider: ""', "'defaultProvider' must not be empty"],
  ['pathMappings: [{ pattern: a, provider: b }]', "'pathMappings[0].provider' names no provider of 'providers'"],
  ['pathMappings: [{ provider: files }]', "'pathMappings[0].pattern' is missing"],
  ['pathMappings: [{ pattern: a, provider: [files] }]', ''],
  ...['5', '{}', 'true'].map(
    (provider) =>
      [
        `pathMappings: [{ pattern: a, provider: ${provider} }]`,
        "'pathMappings[0].provider' must be the name of a provider, or a list of names in the order in which they are asked",
      ] as const,
  ),
  ['pathMappings: [{ pattern: a, provider: [] }]', "'pathMappings[0].provider' needs at least one entry"],
  ['pathMappings: [{ pattern: a, provider: [5] }]', "'pathMappings[0].provider[0]' must be a text"],
  ['pathMappings: [{ pattern: a, provider: "" }]', "'pathMappings[0].provider' must not be empty"],
  ['pathMappings: [{ pattern: a, provider: [""] }]', "'pathMappings[0].provider[0]' must not be empty"],
  ['pathMappings: [{ pattern: a, provider: [files, files] }]', "'pathMappings[0].provider' holds the same entry twice"],
  [
    'pathMappings: [{ pattern: a, provider: [files, b, c] }]',
    "'pathMappings[0].provider[1]' names no provider of 'providers'\nkeyfob.yaml:1: 'pathMappings[0].provider[2]' names no provider of 'providers'",
  ],
  ['pathMappings: [{ pattern: /a, provider: files }]', `'pathMappings[0].pattern' ${PATTERN_ADVICE}`],
  ['pathMappings: [{ pattern: a**, provider: files }]', `'pathMappings[0].pattern' ${PATTERN_ADVICE}`],
  [
    'pathMappings: [{ pattern: a, provider: files, prefix: b//c }]',
    "'pathMappings[0].prefix' must be the beginning of a path, such as 'team' or 'team/shop'",
  ],
  [
    'pathMappings: [{ pattern: a, provider: files }, { pattern: a, provider: files }]',
    "'pathMappings[1].pattern' is the same as 'pathMappings[0].pattern'",
  ],
  [
    'pathMappings: [{ pattern: a, provider: files, mount: kv }]',
    "'pathMappings[0].mount' is for providers of the type vault only",
  ],
  [
    'pathMappings: [{ pattern: a, provider: b, mount: kv }]',
    "'pathMappings[0].provider' names no provider of 'providers'",
  ],
  ['access: { mode: closed }', "'access.mode' must be 'open', 'token' or 'jwt'"],
  [
    'access: { callers: [{ name: web, operations: [get] }] }',
    "'access.callers[0].name' has no effect: in open mode every caller is 'anonymous', and no listener is this caller's",
  ],
  ['access: { callers: [{ name: anonymous }] }', "'access.callers[0].operations' is missing"],
  [
    'access: { callers: [{ name: anonymous, operations: [read] }] }',
    "'access.callers[0].operations[0]' must be 'get', 'list', 'describe', 'resolve', 'rotate', 'invalidate' or 'simulate'",
  ],
  [
    'access: { callers: [{ name: anonymous, operations: [get, get] }] }',
    "'access.callers[0].operations' holds the same entry twice",
  ],
  [
    'access: { callers: [{ name: anonymous, operations: [] }, { name: anonymous, operations: [] }] }',
    "'access.callers[1].name' is the same as 'access.callers[0].name'",
  ],
  ['log: { level: loud }', "'log.level' must be 'trace', 'debug', 'info', 'warn', 'error' or 'silent'"],
  ['audit: { sink: "" }', "'audit.sink' must not be empty"],
  ['audit: { sink: 5 }', "'audit.sink' must be a text"],
  ['__proto__: { log: {} }', "unknown key '__proto__'"],
];

test('each kind of mistake has its own sentence', async (t) => {
  for (const [text, complaint] of oneLine) {
    // A text in braces is JSON-like, so that the provider has to go into it.
    const whole = text.startsWith('{') ? text.replace(/\}$/, `, ${FILES.trim()} }`) : `${text}\n${FILES}`;
    t.equal(complaints(whole), complaint === '' ? '' : `keyfob.yaml:1: ${complaint}`, text);
  }
});

/** Each text is the list of providers, from line 2 on. */
const providers: readonly (readonly [text: string, complaint: string])[] = [
  ['  []', "1: 'providers' needs at least one entry"],
  ['  - 5', "2: 'providers[0]' must be a mapping"],
  ['  - { name: a }', "2: 'providers[0].type' is missing"],
  ['  - { name: a, type: aws }', "2: 'providers[0].type' must be 'local' or 'vault'"],
  [
    '  - { name: A_b, type: local, path: x }',
    "2: 'providers[0].name' must be a name of small letters, digits and hyphens",
  ],
  ['  - name: a\n    type: local', "2: 'providers[0].path' is missing"],
  ['  - name: a\n    type: local\n    path: 5', "4: 'providers[0].path' must be a text"],
  [
    '  - { name: a, type: local, path: x,\n      atemptTimeout: 5s }',
    "3: unknown key 'providers[0].atemptTimeout', did you mean 'providers[0].attemptTimeout'?",
  ],
  [
    '  - { name: a, type: local, path: x, attemptTimeout: 0 }',
    "2: 'providers[0].attemptTimeout' must be between 1ms and 24h",
  ],
  [
    '  - { name: a, type: local, path: x }\n  - { name: a, type: local, path: x }',
    "1: 'defaultProvider' is missing, and there is more than one provider\n" +
      "keyfob.yaml:3: 'providers[1].name' is the same as 'providers[0].name'",
  ],
];

test('providers', async (t) => {
  for (const [text, complaint] of providers)
    t.equal(complaints(`providers:\n${text}`), `keyfob.yaml:${complaint}`, text);
});

/** Each text is what `auth` of a vault is, in line 5. */
const auths: readonly (readonly [text: string, complaint: string])[] = [
  ['5', "5: 'providers[0].auth' must be a mapping"],
  ['{ method: tokn, token: { env: T } }', "5: 'providers[0].auth.method' must be 'token' or 'approle'"],
  ['{ method: token }', "5: 'providers[0].auth.token' is missing"],
  ['{ method: token, token: { evn: T } }', "5: 'providers[0].auth.token' must be { env: NAME } or { file: PATH }"],
  [
    '{ method: approle, roleId: 5,\n        secretID: { file: x } }',
    "5: 'providers[0].auth.secretId' is missing\n" +
      "keyfob.yaml:5: 'providers[0].auth.roleId' must be { env: NAME } or { file: PATH }\n" +
      "keyfob.yaml:6: unknown key 'providers[0].auth.secretID', did you mean 'providers[0].auth.secretId'?",
  ],
];

test('what the type of a provider wants', async (t) => {
  for (const [auth, complaint] of auths) {
    const text = `providers:\n  - name: v\n    type: vault\n    address: https://v\n    auth: ${auth}`;
    t.equal(complaints(text), `keyfob.yaml:${complaint}`, auth);
  }
  const insecure =
    'providers:\n  - name: v\n    type: vault\n    auth: { method: token, token: x }\n    address: "http://v"';
  t.equal(complaints(insecure), "keyfob.yaml:5: 'providers[0].address' needs https");
  t.equal(
    complaints(`${insecure}\n    mount: 5`),
    "keyfob.yaml:5: 'providers[0].address' needs https\nkeyfob.yaml:6: 'providers[0].mount' must be a text",
  );
});

test('everything at once, in the order of the file', async (t) => {
  const text = `
lissten: []
drain: 1
providers:
  - { name: files, type: local }
  - { name: vault, type: vault, address: "http://v", auth: { method: token, token: { env: T } } }
pathMappings:
  - { pattern: "a/**", provider: gone }
cache: { ttl: often }
drain: 2
`;
  t.equal(
    complaints(text),
    [
      "keyfob.yaml:1: 'defaultProvider' is missing, and there is more than one provider",
      "keyfob.yaml:2: unknown key 'lissten', did you mean 'listen'?",
      "keyfob.yaml:5: 'providers[0].path' is missing",
      "keyfob.yaml:6: 'providers[1].address' needs https",
      "keyfob.yaml:8: 'pathMappings[0].provider' names no provider of 'providers'",
      `keyfob.yaml:9: 'cache.ttl' ${DURATION_ADVICE}`,
      "keyfob.yaml:10: 'drain' is given twice",
    ].join('\n'),
  );
});

test('problems can be read by a program', async (t) => {
  try {
    load(`cache:\n  ttl: often\n${FILES}`);
    t.fail('accepted');
  } catch (error) {
    t.ok(error instanceof ConfigurationError);
    if (!(error instanceof ConfigProblems)) throw error;
    t.equal(error.code, 'InvalidCacheConfig');
    t.equal(error.name, 'ConfigurationError');
    t.strictSame(error.problems, [
      {
        file: 'keyfob.yaml',
        line: 2,
        column: 3,
        code: 'InvalidCacheConfig',
        path: 'cache.ttl',
        message: `'cache.ttl' ${DURATION_ADVICE}`,
      },
    ]);
  }
});

test('several providers need a default, or a mapping that takes every path', async (t) => {
  const two = 'providers: [{ name: a, type: local, path: x }, { name: b, type: local, path: y }]\n';
  t.equal(complaints(two), "keyfob.yaml:1: 'defaultProvider' is missing, and there is more than one provider");
  t.equal(complaints(`${two}defaultProvider: b`), '');
  const { config } = load(`${two}pathMappings: [{ pattern: "**", provider: a }]`);
  t.notOk('defaultProvider' in config);
});

test('a credential in plain text works and warns', async (t) => {
  const text = `providers:
  - name: v
    type: vault
    address: https://v
    auth:
      method: approle
      roleId: { env: ROLE }
      secretId: hunter2-hunter2
`;
  const { config, warnings } = load(text);
  t.match(config.providers[0]?.options, { auth: { secretId: 'hunter2-hunter2' } });
  t.strictSame(warnings, [
    "keyfob.yaml:8: 'providers[0].auth.secretId' is a credential in plain text, better { env: NAME } or { file: PATH }",
  ]);
});

test('no mistake around a credential shows it', async (t) => {
  const secret = 'hvs.Pa55w0rd';
  const auths = [
    `{ method: token, token:${secret} }`,
    `{ method: token, ${secret} }`,
    `{ method: ${secret}, token: x }`,
    `{ method: token, token: [${secret}] }`,
    `{ method: token, token: { ${secret} } }`,
    `{ method: token, token: "${secret} }`,
    `{ method: token, token: *${secret} }`,
    `{ method: token, token: !${secret} x }`,
    `{ method: token, token: "\\${secret}" }`,
    secret,
    `${secret}: ${secret}: x`,
    `? [${secret}]\n : x`,
  ];
  for (const auth of auths) {
    const found = complaints(`providers: [{ name: v, type: vault, address: https://v, auth: ${auth} }]\n${secret}: 1`);
    t.not(found, '', auth);
    t.notMatch(found, /pa55|w0rd/i, auth);
  }
});

test('a part that is used twice by alias gets its defaults apart', async (t) => {
  const text = `cache: &empty {}\ncircuitBreaker: *empty\nretry: *empty\n${FILES}`;
  t.equal(load(text).config.circuitBreaker.failureThreshold, 5);
});

test('garbage is refused with problems, whatever it is', async (t) => {
  const known = fc.constantFrom(
    'providers',
    'cache',
    'listen',
    'pathMappings',
    'access',
    'name',
    'type',
    'local',
    'vault',
  );
  const marks = fc.constantFrom(
    ': ',
    '\n',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '&a ',
    '*a',
    '"',
    "'",
    '|',
    '!!map ',
    '? ',
    '\t',
    '  ',
  );
  const yaml = fc
    .array(fc.oneof(known, marks, fc.string({ maxLength: 5 })), { maxLength: 40 })
    .map((parts) => parts.join(''));
  const json = fc.dictionary(fc.oneof(known, fc.string()), fc.jsonValue()).map((value) => JSON.stringify(value));
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.oneof(yaml, json), (text) => {
        const found = complaints(text);
        // No text of these makes a whole provider with a path.
        return found.split('\n').every((line) => line.startsWith('keyfob.yaml:'));
      }),
      { numRuns: 150 },
    ),
  );
});

test('whatever the values of known keys are, only problems come', async (t) => {
  const keys = ['listen', 'socket', 'hosts', 'ops', 'providers', 'pathMappings', 'cache', 'access', 'log', 'limits'];
  const value = fc.oneof(
    fc.jsonValue(),
    fc.array(fc.record({ name: fc.jsonValue(), type: fc.constantFrom('local', 'vault', 'x'), auth: fc.jsonValue() })),
  );
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...keys), value),
        (settings) => complaints(JSON.stringify(settings)) !== '',
      ),
      { numRuns: 100 },
    ),
  );
});

const BOTH = `providers:
  - { name: files, type: local, path: ./secrets.yaml }
  - { name: vault, type: vault, address: https://v, auth: { method: token, token: { env: T } } }
  - { name: vault-b, type: vault, address: https://b, auth: { method: token, token: { env: T } } }
defaultProvider: files
`;

test('a mapping names one provider, or several in the order in which they are asked', async (t) => {
  const { config } = load(`${BOTH}pathMappings:
  - { pattern: "b/**", provider: [vault-b, files, vault] }
  - { pattern: "a/**", provider: vault }
`);
  t.strictSame(
    config.pathMappings.map(({ pattern, providers, scope }) => [pattern.text, providers, scope]),
    [
      ['b/**', ['vault-b', 'files', 'vault'], {}],
      ['a/**', ['vault'], {}],
    ],
  );
});

test('and the place in a store that has places', async (t) => {
  const { config } = load(`${BOTH}pathMappings:
  - { pattern: "b/**", provider: [vault, vault-b], namespace: /team-b/, mount: kv/b/ }
  - { pattern: "a/**", provider: vault, mount: kv-a }
`);
  t.strictSame(
    config.pathMappings.map(({ scope }) => scope),
    [{ namespace: 'team-b', mount: 'kv/b' }, { mount: 'kv-a' }],
  );
});

test('every provider of the list needs to have such places', async (t) => {
  const text = `${BOTH}pathMappings:
  - { pattern: "b/**", provider: [vault, files],
      namespace: team-b,
      mount: kv-b }
`;
  t.equal(
    complaints(text),
    "keyfob.yaml:8: 'pathMappings[0].namespace' is for providers of the type vault only\n" +
      "keyfob.yaml:9: 'pathMappings[0].mount' is for providers of the type vault only",
  );
});

test('a namespace or mount of slashes only is none', async (t) => {
  for (const key of ['namespace', 'mount'])
    t.not(complaints(`${BOTH}pathMappings: [{ pattern: a, provider: vault, ${key}: / }]`), '', key);
});
