import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { GoogleAuth } from 'google-auth-library';
import t from 'tap';
import { rpcError } from '../../fakes/fake-gcp-errors.ts';
import { failureOf, GcpRig, type RigOptions } from './gcp-rig.ts';

type Client = SecretManagerServiceClient;

/** gRPC codes that the official client fails with. */
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const RESOURCE_EXHAUSTED = 8;
const FAILED_PRECONDITION = 9;
const INTERNAL = 13;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;
const INVALID_ARGUMENT = 3;

/** One question, asked of the official client and of Keyfob, at one fake. */
interface Row {
  readonly name: string;
  readonly rig?: RigOptions;
  readonly seed?: (rig: GcpRig) => void;
  readonly theirs: (client: Client) => Promise<unknown>;
  readonly ours: (rig: GcpRig) => Promise<unknown>;
  /** Where both fail: the code of the official client, and ours. */
  readonly fails?: readonly [code: number, ours: string];
}

const SECRET = 'projects/shop/secrets';
const asText = (data: unknown): string => Buffer.from(data as Uint8Array).toString();

async function access(client: Client, name: string): Promise<unknown> {
  const [answer] = await client.accessSecretVersion({ name }, { timeout: 5000 });
  return [answer.name?.split('/').at(-1), asText(answer.payload?.data)];
}

async function read(rig: GcpRig, path: string, selector = {}): Promise<unknown> {
  const { version, value } = await rig.get(path, selector);
  return [version, Buffer.from(value.expose()).toString()];
}

const add =
  (id: string, ...values: readonly (string | Uint8Array)[]) =>
  (rig: GcpRig) =>
    void rig.store.add(id, ...values);

const disabled =
  (id: string, n: number, state: 'DISABLED' | 'DESTROYED' = 'DISABLED') =>
  (rig: GcpRig) => {
    rig.store.add(id, 'one', 'two', 'three');
    rig.store.setState(id, n, state);
  };

const aliased = (rig: GcpRig): void => {
  rig.store.add('db', 'one', 'two', 'three');
  const secret = rig.store.secrets.get('db');
  if (secret !== undefined) secret.aliases = { prod: 2, canary: 3 };
};

const labelled = (rig: GcpRig): void => {
  for (const [id, team] of [
    ['a', 'shop'],
    ['b', 'shop'],
    ['c', 'till'],
    ['ab', 'till'],
  ] as const) {
    rig.store.add(id, 'x');
    const secret = rig.store.secrets.get(id);
    if (secret !== undefined) secret.labels = { team };
  }
};

const fault = (answer: ReturnType<typeof rpcError>) => (rig: GcpRig) => {
  rig.store.add('db', 'one');
  // One for each of the two who ask.
  rig.manager.faults.push(answer, answer);
};

const BYTES = Uint8Array.from({ length: 256 }, (_, index) => 255 - index);
const LARGE = 'x'.repeat(64 * 1024);

async function list(
  client: Client,
  request: { readonly filter?: string; readonly pageSize?: number } = {},
): Promise<unknown> {
  const [secrets] = await client.listSecrets({ parent: 'projects/shop', ...request });
  return secrets
    .map(({ name }) => name?.split('/').at(-1)?.replaceAll('--', '/'))
    .sort((a, b) => ((a ?? '') < (b ?? '') ? -1 : 1));
}

async function states(client: Client, filter = ''): Promise<unknown> {
  const [versions] = await client.listSecretVersions({ parent: `${SECRET}/db`, filter });
  return versions.map(({ name, state, createTime }) => [
    name?.split('/').at(-1),
    String(state).toLowerCase(),
    new Date(Number(createTime?.seconds) * 1000).toISOString(),
  ]);
}

async function history(rig: GcpRig): Promise<readonly (readonly string[])[]> {
  const { items } = await rig.provider.versions('db', { limit: 100 }, rig.call);
  return items.map(({ version, state, createdAt }) => [
    version,
    state,
    `${createdAt?.toISOString().slice(0, 19)}.000Z`,
  ]);
}

const rows: readonly Row[] = [
  {
    name: 'the current version',
    seed: add('db', 'one', 'two'),
    theirs: (c) => access(c, `${SECRET}/db/versions/latest`),
    ours: (r) => read(r, 'db'),
  },
  {
    name: 'a version by its number',
    seed: add('db', 'one', 'two'),
    theirs: (c) => access(c, `${SECRET}/db/versions/1`),
    ours: (r) => read(r, 'db', { version: '1' }),
  },
  {
    name: 'latest as a stage',
    seed: add('db', 'one', 'two'),
    theirs: (c) => access(c, `${SECRET}/db/versions/latest`),
    ours: (r) => read(r, 'db', { stage: 'latest' }),
  },
  {
    name: 'an alias',
    seed: aliased,
    theirs: (c) => access(c, `${SECRET}/db/versions/prod`),
    ours: (r) => read(r, 'db', { stage: 'prod' }),
  },
  {
    name: 'the project by its number',
    rig: { options: { project: '482913337105' } },
    seed: add('db', 'one'),
    theirs: (c) => access(c, 'projects/482913337105/secrets/db/versions/latest'),
    ours: (r) => read(r, 'db'),
  },
  {
    name: 'a full resource name',
    seed: add('db', 'one', 'two'),
    theirs: (c) => access(c, `${SECRET}/db/versions/1`),
    ours: (r) => read(r, `${SECRET}/db/versions/1`),
  },
  {
    name: 'a path with slashes',
    seed: add('app--db--creds', 'one'),
    theirs: (c) => access(c, `${SECRET}/app--db--creds/versions/latest`),
    ours: (r) => read(r, 'app/db/creds'),
  },
  {
    name: 'a regional secret',
    rig: { location: 'europe-west3' },
    seed: add('db', 'one'),
    theirs: (c) => access(c, 'projects/shop/locations/europe-west3/secrets/db/versions/latest'),
    ours: (r) => read(r, 'db'),
  },
  {
    name: 'bytes',
    seed: add('db', BYTES),
    theirs: async (c) =>
      (await c.accessSecretVersion({ name: `${SECRET}/db/versions/1` }))[0].payload?.data?.toString(),
    ours: async (r) => Buffer.from((await r.get('db')).value.expose()).toString(),
  },
  {
    name: 'text beyond ASCII',
    seed: add('db', '\uFEFFżółć 🔑\r\n'),
    theirs: (c) => access(c, `${SECRET}/db/versions/latest`),
    ours: (r) => read(r, 'db'),
  },
  {
    name: 'the largest payload',
    seed: add('db', LARGE),
    theirs: (c) => access(c, `${SECRET}/db/versions/latest`),
    ours: (r) => read(r, 'db'),
  },
  {
    name: 'a payload without a checksum',
    seed: (r) => {
      r.store.add('db', 'one');
      r.manager.conditions.omitChecksums = true;
    },
    theirs: (c) => access(c, `${SECRET}/db/versions/latest`),
    ours: (r) => read(r, 'db'),
  },
  {
    name: 'the newest below a disabled one, by its number',
    seed: disabled('db', 3),
    theirs: (c) => access(c, `${SECRET}/db/versions/2`),
    ours: (r) => read(r, 'db'),
  },
  {
    name: 'previous, by its number',
    seed: disabled('db', 2),
    theirs: (c) => access(c, `${SECRET}/db/versions/1`),
    ours: (r) => read(r, 'db', { stage: 'previous' }),
  },
  {
    name: 'a disabled latest under strict',
    rig: { options: { latestPolicy: 'strict' } },
    seed: disabled('db', 3),
    theirs: (c) => access(c, `${SECRET}/db/versions/latest`),
    ours: (r) => read(r, 'db'),
    fails: [FAILED_PRECONDITION, 'SecretNotFoundError/VersionNotFound'],
  },
  {
    name: 'a destroyed latest under strict',
    rig: { options: { latestPolicy: 'strict' } },
    seed: disabled('db', 3, 'DESTROYED'),
    theirs: (c) => access(c, `${SECRET}/db/versions/latest`),
    ours: (r) => read(r, 'db'),
    fails: [FAILED_PRECONDITION, 'SecretNotFoundError/VersionNotFound'],
  },
  {
    name: 'a disabled version',
    seed: disabled('db', 1),
    theirs: (c) => access(c, `${SECRET}/db/versions/1`),
    ours: (r) => read(r, 'db', { version: '1' }),
    fails: [FAILED_PRECONDITION, 'SecretNotFoundError/VersionNotFound'],
  },
  {
    name: 'a destroyed version',
    seed: disabled('db', 1, 'DESTROYED'),
    theirs: (c) => access(c, `${SECRET}/db/versions/1`),
    ours: (r) => read(r, 'db', { version: '1' }),
    fails: [FAILED_PRECONDITION, 'SecretNotFoundError/VersionNotFound'],
  },
  {
    name: 'a missing version',
    seed: add('db', 'one'),
    theirs: (c) => access(c, `${SECRET}/db/versions/9`),
    ours: (r) => read(r, 'db', { version: '9' }),
    fails: [NOT_FOUND, 'SecretNotFoundError/VersionNotFound'],
  },
  {
    name: 'a missing alias',
    seed: add('db', 'one'),
    theirs: (c) => access(c, `${SECRET}/db/versions/prod`),
    ours: (r) => read(r, 'db', { stage: 'prod' }),
    fails: [NOT_FOUND, 'SecretNotFoundError/StageNotFound'],
  },
  {
    name: 'a missing secret',
    theirs: (c) => access(c, `${SECRET}/none/versions/latest`),
    ours: (r) => read(r, 'none'),
    fails: [NOT_FOUND, 'SecretNotFoundError/SecretDoesNotExist'],
  },
  {
    name: 'a secret without a version',
    seed: (r) => void r.store.create('db'),
    theirs: (c) => access(c, `${SECRET}/db/versions/latest`),
    ours: (r) => read(r, 'db'),
    fails: [NOT_FOUND, 'SecretNotFoundError/SecretDoesNotExist'],
  },
  {
    name: 'a refused secret',
    seed: (r) => {
      r.store.add('db', 'one');
      r.manager.iam.refuse('db');
    },
    theirs: (c) => access(c, `${SECRET}/db/versions/latest`),
    ours: (r) => read(r, 'db'),
    fails: [PERMISSION_DENIED, 'AccessError/AccessDenied'],
  },
  {
    name: 'a project that does not exist',
    rig: { options: { project: 'shopp' } },
    theirs: (c) => access(c, 'projects/shopp/secrets/db/versions/latest'),
    ours: (r) => read(r, 'db'),
    fails: [PERMISSION_DENIED, 'ProviderError/ProviderUnavailable'],
  },
  {
    name: 'a disabled API',
    seed: (r) => {
      r.manager.conditions.serviceDisabled = true;
    },
    theirs: (c) => access(c, `${SECRET}/db/versions/latest`),
    ours: (r) => read(r, 'db'),
    fails: [PERMISSION_DENIED, 'ProviderError/ProviderUnavailable'],
  },
  {
    name: 'a project without billing',
    seed: (r) => {
      r.manager.conditions.billingDisabled = true;
    },
    theirs: (c) => access(c, `${SECRET}/db/versions/latest`),
    ours: (r) => read(r, 'db'),
    fails: [PERMISSION_DENIED, 'ProviderError/ProviderUnavailable'],
  },
  {
    name: 'a deleted account',
    seed: (r) => r.authority.deleteAccount('keyfob@shop.iam.gserviceaccount.com'),
    theirs: (c) => access(c, `${SECRET}/db/versions/latest`),
    ours: (r) => read(r, 'db'),
    fails: [UNAUTHENTICATED, 'AuthenticationError/InvalidCredentials'],
  },
  {
    name: 'an exhausted quota',
    seed: fault(rpcError('RESOURCE_EXHAUSTED', 'Quota exceeded', { reason: 'RATE_LIMIT_EXCEEDED' })),
    theirs: (c) => c.getSecret({ name: `${SECRET}/db` }),
    ours: (r) => r.get('db'),
    fails: [RESOURCE_EXHAUSTED, 'ProviderError/RateLimited'],
  },
  {
    name: 'a failure inside',
    seed: fault(rpcError('INTERNAL', 'Internal error')),
    theirs: (c) => access(c, `${SECRET}/db/versions/latest`),
    ours: (r) => read(r, 'db'),
    fails: [INTERNAL, 'ProviderError/InternalError'],
  },
  {
    name: 'an outage',
    seed: fault(rpcError('UNAVAILABLE', 'The service is currently unavailable.')),
    theirs: (c) => c.getSecret({ name: `${SECRET}/db` }),
    ours: (r) => r.get('db'),
    fails: [UNAVAILABLE, 'ProviderError/ProviderUnavailable'],
  },
  {
    name: 'all names',
    seed: (r) => {
      for (const id of ['b', 'a--x', 'c_d', 'a--b--c']) r.store.add(id, 'x');
    },
    theirs: (c) => list(c),
    ours: (r) => r.names(),
  },
  { name: 'no names', theirs: (c) => list(c), ours: (r) => r.names() },
  {
    name: 'names in pages',
    seed: (r) => {
      for (let n = 10; n < 35; n++) r.store.add(`s${n}`, 'x');
    },
    theirs: (c) => list(c, { pageSize: 4 }),
    ours: (r) => r.names(),
  },
  {
    name: 'names with empty pages between',
    seed: (r) => {
      for (let n = 10; n < 15; n++) r.store.add(`s${n}`, 'x');
      r.manager.conditions.emptyPages = true;
    },
    theirs: (c) => list(c, { pageSize: 2 }),
    ours: (r) => r.names(),
  },
  {
    name: 'names by a label',
    seed: labelled,
    theirs: (c) => list(c, { filter: 'labels.team=shop' }),
    ours: (r) => r.names({ tags: { team: 'shop' } }),
  },
  {
    name: 'names by a label and a part of the name',
    seed: labelled,
    theirs: (c) => list(c, { filter: 'labels.team=till AND name:ab' }),
    ours: (r) => r.names({ prefix: 'ab', tags: { team: 'till' } }),
  },
  {
    name: 'listing without the permission',
    seed: (r) => r.manager.iam.setPermissions('keyfob@shop.iam.gserviceaccount.com', []),
    theirs: (c) => list(c),
    ours: (r) => r.names(),
    fails: [PERMISSION_DENIED, 'AccessError/AccessDenied'],
  },
  {
    name: 'the history',
    seed: (r) => {
      disabled('db', 2)(r);
      r.store.setState('db', 1, 'DESTROYED');
    },
    theirs: (c) => states(c),
    ours: (r) => history(r),
  },
  {
    name: 'the enabled ones of the history',
    seed: disabled('db', 2),
    theirs: (c) => states(c, 'state:ENABLED'),
    ours: async (r) => (await history(r)).filter(([, state]) => state === 'enabled'),
  },
  {
    name: 'the history of a missing secret',
    theirs: (c) => states(c),
    ours: (r) => history(r),
    fails: [NOT_FOUND, 'SecretNotFoundError/SecretDoesNotExist'],
  },
  {
    name: 'the description',
    seed: (r) => {
      aliased(r);
      const secret = r.store.secrets.get('db');
      if (secret) secret.labels = { team: 'shop', 'cost-center': '7' };
    },
    theirs: async (c) => {
      const [{ labels, createTime, versionAliases }] = await c.getSecret({ name: `${SECRET}/db` });
      const [{ name }] = await c.getSecretVersion({ name: `${SECRET}/db/versions/latest` });
      const version = name?.split('/').at(-1);
      const aliases = Object.entries(versionAliases ?? {})
        .filter(([, n]) => String(n) === version)
        .map(([alias]) => alias);
      return [labels, Number(createTime?.seconds), version, aliases];
    },
    ours: async (r) => {
      const { tags, createdAt, currentVersion, stages } = await r.describe('db');
      return [
        tags,
        Math.floor(Number(createdAt) / 1000),
        currentVersion,
        stages?.filter((stage) => stage !== 'current'),
      ];
    },
  },
  {
    name: 'the description of a missing secret',
    theirs: (c) => c.getSecret({ name: `${SECRET}/none` }),
    ours: (r) => r.describe('none'),
    fails: [NOT_FOUND, 'SecretNotFoundError/SecretDoesNotExist'],
  },
  {
    name: 'a managed rotation',
    seed: (r) => {
      r.store.add('db', 'one');
      const secret = r.store.secrets.get('db');
      if (secret) secret.rotation = { managedRotationStatus: { state: 'ACTIVE' } };
    },
    theirs: async (c) => Number((await c.rotateSecret({ parent: `${SECRET}/db` }))[0].name?.split('/').at(-1)) + 1,
    ours: async (r) => Number((await r.provider.rotate('db', { ...r.call, idempotencyToken: 'x' })).versionId),
  },
  {
    name: 'a rotation that nobody manages',
    seed: add('db', 'one'),
    theirs: (c) => c.rotateSecret({ parent: `${SECRET}/db` }),
    ours: (r) => r.provider.rotate('db', { ...r.call, idempotencyToken: 'x' }),
    fails: [FAILED_PRECONDITION, 'RotationError/RotationNotConfigured'],
  },
  {
    name: 'a name in the place of another region',
    rig: { location: 'europe-west3', options: { location: 'us-east1' } },
    theirs: (c) => access(c, 'projects/shop/locations/us-east1/secrets/db/versions/latest'),
    ours: (r) => read(r, 'db'),
    fails: [INVALID_ARGUMENT, 'ConfigurationError/InvalidProvider'],
  },
];

t.ok(rows.length >= 30, 'the table has thirty rows');

for (const row of rows)
  await t.test(row.name, async (t) => {
    const rig = await GcpRig.create(t, row.rig);
    row.seed?.(rig);
    const credentials = rig.authority.hasAccount('keyfob@shop.iam.gserviceaccount.com')
      ? rig.authority.keyFile('keyfob@shop.iam.gserviceaccount.com')
      : {
          ...rig.authority.keyFile('other@shop.iam.gserviceaccount.com'),
          client_email: 'gone@shop.iam.gserviceaccount.com',
        };
    const client = new SecretManagerServiceClient({
      fallback: true,
      protocol: 'http',
      apiEndpoint: '127.0.0.1',
      port: Number(new URL(rig.server.origin).port),
      projectId: 'shop',
      auth: new GoogleAuth({ credentials, projectId: 'shop' }),
    });
    t.teardown(() => client.close());
    if (row.fails === undefined) {
      const theirs = await row.theirs(client);
      t.strictSame(await row.ours(rig), theirs);
      t.notSame(theirs, undefined);
      return;
    }
    const [code, ours] = row.fails;
    await t.rejects(row.theirs(client), { code });
    t.equal(await failureOf(() => row.ours(rig)), ours);
  });
