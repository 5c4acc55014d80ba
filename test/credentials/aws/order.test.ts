import { test } from 'tap';
import { askOurs } from './ask-ours.ts';
import { askSdk } from './ask-sdk.ts';
import { startMachine, userKeys } from './machine.ts';

/** What makes each source have credentials. */
const sources = {
  environment: { AWS_ACCESS_KEY_ID: 'AKIAUSERenv', AWS_SECRET_ACCESS_KEY: 'secret-of-env' },
  'default profile': { AWS_SHARED_CREDENTIALS_FILE: '{home}/default' },
  'named profile': { AWS_CONFIG_FILE: '{home}/named', AWS_PROFILE: 'shop' },
  'web identity': {
    AWS_WEB_IDENTITY_TOKEN_FILE: '{home}/token',
    AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/pod',
  },
  container: { AWS_CONTAINER_CREDENTIALS_FULL_URI: '{agent}' },
  instance: { AWS_EC2_METADATA_DISABLED: '' },
} as const;
const names = Object.keys(sources);
const subsets = Array.from({ length: 2 ** names.length }, (_, bits) => names.filter((_name, at) => (bits >> at) & 1));

test('whichever sources there are, the SDK and we pick the same', async (t) => {
  const machine = await startMachine(t);
  await machine.write('default', `[default]\n${userKeys('a')}`);
  await machine.write('named', `[profile shop]\n${userKeys('b')}`);
  await machine.write('token', 'web-token');
  const fill = (text: string): string =>
    text.replaceAll('{home}', machine.home).replaceAll('{agent}', machine.agent.uri);
  const picked = new Set<string>();
  for (const subset of subsets) {
    const own = subset.flatMap((name) =>
      Object.entries(sources).flatMap(([key, env]) => (key === name ? Object.entries(env) : [])),
    );
    const env = { ...machine.env, ...Object.fromEntries(own.map(([name, text]) => [name, fill(text)])) };
    const theirs = await askSdk(env);
    const { outcome: ours, source } = await askOurs(machine.options({ env }));
    const what = subset.join(', ') || 'nothing';
    if (subset.length === 0) t.ok(theirs instanceof Error && ours instanceof Error, what);
    else t.same(ours, theirs, `${what}: ${source}`);
    picked.add(source);
  }
  t.equal(picked.size, names.length + 1, 'each of them once, and nothing');
});
