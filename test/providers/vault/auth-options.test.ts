import { test } from 'tap';
import { checkAuth, toAuth, type RawAuth } from '../../../src/providers/vault/auth-options.ts';

const cert = { cert: '/c.pem', key: '/k.pem' };

const wrong: Readonly<Record<string, { readonly auth: RawAuth; readonly problems: readonly string[] }>> = {
  'nothing but a method': {
    auth: { method: 'token' },
    problems: ["auth needs 'token' with the method 'token'"],
  },
  'approle with both secret ids': {
    auth: { method: 'approle', roleId: 'r', secretId: 's', wrappedSecretId: 'w' },
    problems: ["auth needs either 'secretId' or 'wrappedSecretId' with the method 'approle'"],
  },
  'approle with nothing': {
    auth: { method: 'approle' },
    problems: [
      "auth needs 'roleId' with the method 'approle'",
      "auth needs either 'secretId' or 'wrappedSecretId' with the method 'approle'",
    ],
  },
  'kubernetes without a role': {
    auth: { method: 'kubernetes' },
    problems: ["auth needs 'role' with the method 'kubernetes'"],
  },
  'jwt without a JWT': {
    auth: { method: 'jwt', role: 'r' },
    problems: ["auth needs either 'jwt' or 'jwtPath' with the method 'jwt'"],
  },
  'cert without a certificate': {
    auth: { method: 'cert' },
    problems: ["auth needs 'cert' and 'key' in 'tls' with the method 'cert'"],
  },
  'keys of another method': {
    auth: { method: 'kubernetes', role: 'r', name: 'n', jwt: 'j' },
    problems: ["auth.jwt is not used by the method 'kubernetes'", "auth.name is not used by the method 'kubernetes'"],
  },
  'a mount for a given token': {
    auth: { method: 'token', token: 't', mount: '..' },
    problems: ["auth.mount is not used by the method 'token'"],
  },
  'a mount that climbs': {
    auth: { method: 'jwt', jwtPath: '/j', mount: 'a/../b' },
    problems: ['auth.mount must be the path of a mount'],
  },
};

for (const [name, { auth, problems }] of Object.entries(wrong))
  test(name, (t) => {
    t.same(
      checkAuth(auth, undefined)
        .map(({ key, message }) => `${key} ${message}`)
        .toSorted(),
      problems,
    );
    t.end();
  });

const right: readonly (readonly [RawAuth, object])[] = [
  [
    { method: 'token', token: { env: 'T' } },
    { method: 'token', token: { env: 'T' } },
  ],
  [
    { method: 'approle', roleId: 'r', wrappedSecretId: { file: '/w' }, mount: '/ci/approle/' },
    { method: 'approle', roleId: 'r', wrappedSecretId: { file: '/w' }, mount: 'ci/approle' },
  ],
  [
    { method: 'kubernetes', role: 'app' },
    {
      method: 'kubernetes',
      role: 'app',
      mount: 'kubernetes',
      jwtPath: '/var/run/secrets/kubernetes.io/serviceaccount/token',
    },
  ],
  [
    { method: 'jwt', jwtPath: '/j' },
    { method: 'jwt', mount: 'jwt', jwt: { file: '/j' } },
  ],
  [
    { method: 'jwt', role: 'r', jwt: { env: 'J' } },
    { method: 'jwt', mount: 'jwt', role: 'r', jwt: { env: 'J' } },
  ],
  [
    { method: 'cert', name: 'web' },
    { method: 'cert', mount: 'cert', name: 'web' },
  ],
  [
    { method: 'aws', role: 'app', region: 'eu-central-1', headerValue: 'vault.example' },
    { method: 'aws', mount: 'aws', role: 'app', region: 'eu-central-1', headerValue: 'vault.example' },
  ],
];

for (const [raw, auth] of right)
  test(`what ${raw.method} takes`, (t) => {
    t.same(checkAuth(raw, cert), []);
    t.same(toAuth(raw), auth);
    t.end();
  });
