import { gcpMetadata, GoogleAuth, type AuthClient } from 'google-auth-library';
import { decodeJwt } from 'jose';
import t from 'tap';
import { findSource } from '../../../src/credentials/gcp/find-source.ts';
import { isSecretsError } from '../../../src/core/errors/secrets-error.ts';
import { AWS_SUBJECT_TOKEN_TYPE } from '../../fakes/fake-gcp-aws-subject.ts';
import { startFakeServer } from '../../fakes/fake-gcp-server.ts';
import { FEDERATED, GcpWorld, MACHINE, ROBOT, SUBJECT } from './gcp-world.ts';

const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform';
const WELL_KNOWN = 'application_default_credentials.json';

type Env = Readonly<Record<string, string>>;

/** An environment, in which the official library and Keyfob look for credentials. */
interface Row {
  readonly name: string;
  /** Writes files and gives the environment; `GCE_METADATA_HOST` leads nowhere unless it is set here. */
  readonly env: (world: GcpWorld) => Env | Promise<Env>;
  /** What both find; `error` when both fail. */
  readonly picks: string;
  /** Whose token both get with it; `error` when both get none; left out where the library asks Google itself. */
  readonly token?: string;
  /** Whether the machine shows the signs of Google's. */
  readonly isGoogleHost?: boolean;
  /** The account that both name. */
  readonly account?: string;
  readonly quotaProject?: string;
}

const user = { type: 'authorized_user', client_id: 'id', client_secret: 'secret', refresh_token: 'refresh' };
const gac = async (world: GcpWorld, content: unknown): Promise<Env> => ({
  GOOGLE_APPLICATION_CREDENTIALS: await world.write('gac.json', content),
});
const key = (world: GcpWorld, more = {}) => world.authority.keyFile(ROBOT, more);
const wellKnown = async (world: GcpWorld, content: unknown): Promise<Env> => {
  await world.write(`home/.config/gcloud/${WELL_KNOWN}`, content);
  return { HOME: world.path('home') };
};
const subjectFile = async (world: GcpWorld, more = {}): Promise<Env> =>
  gac(world, world.externalAccount({ file: await world.write('subject', SUBJECT) }, more));
const subjectUrl = async (t: GcpWorld, body: unknown, source = {}): Promise<Env> => {
  const server = await startFakeServer(({ headers }) =>
    headers['x-subject'] === 'yes' ? { status: 200, body } : { status: 403, body: 'no' },
  );
  servers.push(server);
  return gac(t, t.externalAccount({ url: `${server.origin}/token`, headers: { 'X-Subject': 'yes' }, ...source }));
};
const servers: { close(): Promise<void> }[] = [];
const program = async (world: GcpWorld, output: unknown): Promise<string> => {
  const file = await world.write('output.json', output);
  return `/bin/cat "${file}"`;
};
const executed = async (world: GcpWorld, output: unknown): Promise<Env> =>
  gac(world, world.externalAccount({ executable: { command: await program(world, output), timeout_millis: 5000 } }));
const good = {
  version: 1,
  success: true,
  token_type: 'urn:ietf:params:oauth:token-type:jwt',
  id_token: SUBJECT,
  expiration_time: 4_000_000_000,
};
const ALLOWED = { GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: '1' };
const KNOWN_KEY = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'the-secret-key', email: FEDERATED };
const AWS_KEY: Env = {
  AWS_ACCESS_KEY_ID: KNOWN_KEY.accessKeyId,
  AWS_SECRET_ACCESS_KEY: KNOWN_KEY.secretAccessKey,
  AWS_REGION: 'eu-west-1',
};
const STS = 'https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15';
const metadata = (world: GcpWorld): Env => ({ GCE_METADATA_HOST: world.metadataServer.host });
const impersonated = (world: GcpWorld, more = {}) => ({
  type: 'impersonated_service_account',
  service_account_impersonation_url: world.impersonationUrl(ROBOT),
  source_credentials: user,
  ...more,
});

const AWS = { environment_id: 'aws1', regional_cred_verification_url: STS };
const aws = async (world: GcpWorld, source: Readonly<Record<string, unknown>>, env: Env = AWS_KEY): Promise<Env> => ({
  ...env,
  ...(await gac(world, world.externalAccount(source, { subject_token_type: AWS_SUBJECT_TOKEN_TYPE }))),
});

const rows: readonly Row[] = [
  { name: 'federation by an AWS key', env: (w) => aws(w, AWS), picks: 'external-account', token: FEDERATED },
  {
    name: 'federation by a temporary AWS key',
    env: (w) => {
      w.oauth.awsKey = { ...KNOWN_KEY, sessionToken: 'session' };
      return aws(w, AWS, { ...AWS_KEY, AWS_SESSION_TOKEN: 'session' });
    },
    picks: 'external-account',
    token: FEDERATED,
  },
  {
    name: 'federation by an AWS key, the region by its other name',
    env: (w) =>
      aws(w, AWS, {
        AWS_ACCESS_KEY_ID: KNOWN_KEY.accessKeyId,
        AWS_SECRET_ACCESS_KEY: KNOWN_KEY.secretAccessKey,
        AWS_DEFAULT_REGION: 'us-east-1',
      }),
    picks: 'external-account',
    token: FEDERATED,
  },
  {
    name: 'federation by a wrong AWS key',
    env: (w) => aws(w, AWS, { ...AWS_KEY, AWS_SECRET_ACCESS_KEY: 'wrong' }),
    picks: 'external-account',
    token: 'error',
  },
  {
    name: 'federation by another version of AWS',
    env: (w) => aws(w, { ...AWS, environment_id: 'aws2' }),
    picks: 'error',
  },
  { name: 'federation by AWS without an address', env: (w) => aws(w, { environment_id: 'aws1' }), picks: 'error' },
  { name: 'nothing', env: () => ({}), picks: 'error' },
  { name: 'no home either', env: () => ({ HOME: '' }), picks: 'error' },
  { name: 'a key', env: (w) => gac(w, key(w)), picks: 'service-account', account: ROBOT, token: ROBOT },
  {
    name: 'a key, the variable in lower case',
    env: async (w) => ({ google_application_credentials: await w.write('k.json', key(w)) }),
    picks: 'service-account',
    account: ROBOT,
    token: ROBOT,
  },
  {
    name: 'a key without its id',
    env: (w) => gac(w, key(w, { private_key_id: undefined })),
    picks: 'service-account',
    token: ROBOT,
  },
  {
    name: 'a key without a type',
    env: (w) => gac(w, key(w, { type: undefined })),
    picks: 'service-account',
    token: ROBOT,
  },
  {
    name: 'a key with a quota project',
    env: (w) => gac(w, key(w, { quota_project_id: 'payer' })),
    picks: 'service-account',
    quotaProject: 'payer',
  },
  {
    name: 'a quota project in the environment before the file',
    env: async (w) => ({
      ...(await gac(w, key(w, { quota_project_id: 'payer' }))),
      GOOGLE_CLOUD_QUOTA_PROJECT: 'other',
    }),
    picks: 'service-account',
    quotaProject: 'other',
  },
  {
    name: 'a key that is no key',
    env: (w) => gac(w, key(w, { private_key: 'nonsense' })),
    picks: 'service-account',
    token: 'error',
  },
  { name: 'a key without an account', env: (w) => gac(w, key(w, { client_email: undefined })), picks: 'error' },
  { name: 'an account without a key', env: (w) => gac(w, key(w, { private_key: undefined })), picks: 'error' },
  {
    name: 'a file that is not there, and a good one of gcloud',
    env: async (w) => ({ ...(await wellKnown(w, user)), GOOGLE_APPLICATION_CREDENTIALS: w.path('none') }),
    picks: 'error',
  },
  { name: 'a folder for a file', env: (w) => ({ GOOGLE_APPLICATION_CREDENTIALS: w.folder }), picks: 'error' },
  { name: 'an empty file', env: (w) => gac(w, ''), picks: 'error' },
  {
    name: 'a file of broken JSON, and a metadata server',
    env: async (w) => ({ ...metadata(w), ...(await gac(w, '{"type": ')) }),
    picks: 'error',
  },
  { name: 'a file with a list', env: (w) => gac(w, '[]'), picks: 'error' },
  {
    name: 'an empty variable, and a file of gcloud',
    env: async (w) => ({ ...(await wellKnown(w, user)), GOOGLE_APPLICATION_CREDENTIALS: '' }),
    picks: 'authorized-user',
  },
  {
    name: 'a key, and a file of gcloud',
    env: async (w) => ({ ...(await wellKnown(w, user)), ...(await gac(w, key(w))) }),
    picks: 'service-account',
  },
  {
    name: 'a file of gcloud, and a metadata server',
    env: async (w) => ({ ...metadata(w), ...(await wellKnown(w, user)) }),
    picks: 'authorized-user',
  },
  {
    name: 'a file of gcloud with a quota project',
    env: (w) => wellKnown(w, { ...user, quota_project_id: 'payer' }),
    picks: 'authorized-user',
    quotaProject: 'payer',
  },
  {
    name: 'a broken file of gcloud, and a metadata server',
    env: async (w) => ({ ...metadata(w), ...(await wellKnown(w, 'x')) }),
    picks: 'error',
  },
  {
    name: 'a folder of gcloud by its variable',
    env: async (w) => {
      await w.write(`cloudsdk/${WELL_KNOWN}`, user);
      return { CLOUDSDK_CONFIG: w.path('cloudsdk') };
    },
    picks: 'authorized-user',
  },
  {
    name: 'a folder of gcloud by its variable, empty, and one at home',
    env: async (w) => ({ ...(await wellKnown(w, user)), CLOUDSDK_CONFIG: w.path('cloudsdk') }),
    picks: 'error',
  },
  {
    name: 'a user without a refresh token',
    env: (w) => wellKnown(w, { ...user, refresh_token: undefined }),
    picks: 'error',
  },
  { name: 'a user without a client secret', env: (w) => wellKnown(w, { ...user, client_secret: '' }), picks: 'error' },
  { name: 'federation by a file', env: (w) => subjectFile(w), picks: 'external-account', token: FEDERATED },
  {
    name: 'federation by a file, as an account',
    env: (w) => subjectFile(w, { service_account_impersonation_url: w.impersonationUrl(ROBOT) }),
    picks: 'external-account',
    account: ROBOT,
    token: ROBOT,
  },
  {
    name: 'federation as an account that is not ours to be',
    env: (w) => subjectFile(w, { service_account_impersonation_url: w.impersonationUrl(MACHINE) }),
    picks: 'external-account',
    account: MACHINE,
    token: 'error',
  },
  {
    name: 'federation by a file of JSON',
    env: async (w) =>
      gac(
        w,
        w.externalAccount({
          file: await w.write('subject', { token: SUBJECT }),
          format: { type: 'json', subject_token_field_name: 'token' },
        }),
      ),
    picks: 'external-account',
    token: FEDERATED,
  },
  { name: 'federation by an address', env: (w) => subjectUrl(w, SUBJECT), picks: 'external-account', token: FEDERATED },
  {
    name: 'federation by an address of JSON',
    env: (w) => subjectUrl(w, { value: SUBJECT }, { format: { type: 'json', subject_token_field_name: 'value' } }),
    picks: 'external-account',
    token: FEDERATED,
  },
  {
    name: 'federation by an address without its headers',
    env: (w) => subjectUrl(w, SUBJECT, { headers: {} }),
    picks: 'external-account',
    token: 'error',
  },
  {
    name: 'federation by a file that is not there',
    env: (w) => gac(w, w.externalAccount({ file: w.path('none') })),
    picks: 'external-account',
    token: 'error',
  },
  {
    name: 'federation with a token that is refused',
    env: async (w) => gac(w, w.externalAccount({ file: await w.write('subject', 'another') })),
    picks: 'external-account',
    token: 'error',
  },
  {
    name: 'federation at a pool that does not exist',
    env: (w) =>
      subjectFile(w, {
        audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/x/providers/y',
      }),
    picks: 'external-account',
    token: 'error',
  },
  {
    name: 'federation without a source',
    env: (w) => gac(w, w.externalAccount({}, { credential_source: undefined })),
    picks: 'error',
  },
  { name: 'federation with an empty source', env: (w) => gac(w, w.externalAccount({})), picks: 'error' },
  {
    name: 'federation by a file and an address',
    env: (w) => gac(w, w.externalAccount({ file: '/x', url: 'https://y.example' })),
    picks: 'error',
  },
  {
    name: 'federation in an unknown format',
    env: (w) => gac(w, w.externalAccount({ file: '/x', format: { type: 'xml' } })),
    picks: 'error',
  },
  {
    name: 'federation in JSON without a field',
    env: (w) => gac(w, w.externalAccount({ file: '/x', format: { type: 'json' } })),
    picks: 'error',
  },
  {
    name: 'federation with a workforce project for a workload',
    env: (w) => subjectFile(w, { workforce_pool_user_project: '1' }),
    picks: 'error',
  },
  {
    name: 'federation by a program',
    env: async (w) => ({ ...ALLOWED, ...(await executed(w, good)) }),
    picks: 'external-account',
    token: FEDERATED,
  },
  {
    name: 'federation by a program that is not allowed',
    env: (w) => executed(w, good),
    picks: 'external-account',
    token: 'error',
  },
  {
    name: 'federation by a program that fails',
    env: async (w) => ({
      ...ALLOWED,
      ...(await executed(w, { version: 1, success: false, code: '1', message: 'no' })),
    }),
    picks: 'external-account',
    token: 'error',
  },
  {
    name: 'federation by a program whose token has expired',
    env: async (w) => ({ ...ALLOWED, ...(await executed(w, { ...good, expiration_time: 1 })) }),
    picks: 'external-account',
    token: 'error',
  },
  {
    name: 'federation by a program of another version',
    env: async (w) => ({ ...ALLOWED, ...(await executed(w, { ...good, version: 2 })) }),
    picks: 'external-account',
    token: 'error',
  },
  {
    name: 'federation by a program without a command',
    env: (w) => gac(w, w.externalAccount({ executable: {} })),
    picks: 'error',
  },
  {
    name: 'federation by a program with no time',
    env: (w) => gac(w, w.externalAccount({ executable: { command: 'x', timeout_millis: 1 } })),
    picks: 'error',
  },
  { name: 'impersonation', env: (w) => gac(w, impersonated(w)), picks: 'impersonation', account: ROBOT },
  {
    name: 'impersonation from federation',
    env: async (w) => {
      const file = await w.write('subject', SUBJECT);
      return gac(w, impersonated(w, { source_credentials: w.externalAccount({ file }) }));
    },
    picks: 'impersonation',
    account: ROBOT,
  },
  {
    name: 'impersonation from nothing',
    env: (w) => gac(w, impersonated(w, { source_credentials: undefined })),
    picks: 'error',
  },
  {
    name: 'impersonation of nobody',
    env: (w) => gac(w, impersonated(w, { service_account_impersonation_url: undefined })),
    picks: 'error',
  },
  {
    name: 'impersonation at an address that names nobody',
    env: (w) =>
      gac(w, impersonated(w, { service_account_impersonation_url: 'https://iamcredentials.googleapis.com/v1/x' })),
    picks: 'error',
  },
  {
    name: 'impersonation at an address that is too long',
    env: (w) => gac(w, impersonated(w, { service_account_impersonation_url: w.impersonationUrl('a'.repeat(250)) })),
    picks: 'error',
  },
  { name: 'a metadata server', env: metadata, picks: 'metadata', token: MACHINE },
  {
    name: 'a metadata server by its address, before its name',
    env: (w) => ({ GCE_METADATA_IP: w.metadataServer.host, GCE_METADATA_HOST: w.nowhere }),
    picks: 'metadata',
    token: MACHINE,
  },
  {
    name: 'a metadata server with a scheme',
    env: (w) => ({ GCE_METADATA_HOST: w.metadataServer.origin }),
    picks: 'metadata',
    token: MACHINE,
  },
  {
    name: 'a metadata server that is not to be looked for',
    env: (w) => ({ ...metadata(w), METADATA_SERVER_DETECTION: 'none' }),
    picks: 'error',
  },
  {
    name: 'a metadata server by ping only',
    env: (w) => ({ ...metadata(w), METADATA_SERVER_DETECTION: 'ping-only' }),
    picks: 'metadata',
    token: MACHINE,
  },
  {
    name: 'a metadata server by the signs of the machine only',
    env: (w) => ({ ...metadata(w), METADATA_SERVER_DETECTION: 'bios-only' }),
    picks: 'error',
  },
  {
    name: 'a metadata server on a machine of Google',
    env: (w) => ({ ...metadata(w), METADATA_SERVER_DETECTION: 'none' }),
    isGoogleHost: true,
    picks: 'metadata',
    token: MACHINE,
  },
  {
    name: 'a metadata server that is assumed',
    env: (w) => ({ ...metadata(w), METADATA_SERVER_DETECTION: ' Assume-Present ' }),
    picks: 'metadata',
    token: MACHINE,
  },
  {
    name: 'an unknown way of detection',
    env: (w) => ({ ...metadata(w), METADATA_SERVER_DETECTION: 'maybe' }),
    picks: 'error',
  },
  {
    name: 'another service at the address of the metadata server',
    env: (w) => {
      w.metadata.isImpostor = true;
      return metadata(w);
    },
    picks: 'error',
  },
  {
    name: 'a metadata server without an account',
    env: (w) => {
      w.metadata.account = undefined;
      return metadata(w);
    },
    picks: 'metadata',
    token: 'error',
  },
];

t.ok(rows.length >= 25, 'the table has twenty-five rows');
t.teardown(() => Promise.all(servers.map((server) => server.close())));

const VARIABLES =
  /^(GOOGLE_|google_|GCLOUD_|gcloud_|GCE_|CLOUDSDK_|METADATA_|AWS_|HOME$|APPDATA$|K_SERVICE$|FUNCTION_NAME$|CLOUD_RUN_)/;

/** The library reads the environment of the process. */
function setEnvironment(env: Env): void {
  for (const name of Object.keys(process.env)) if (VARIABLES.test(name)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, env);
}

const KINDS: ReadonlyMap<string, string> = new Map([
  ['JWT', 'service-account'],
  ['UserRefreshClient', 'authorized-user'],
  ['IdentityPoolClient', 'external-account'],
  ['PluggableAuthClient', 'external-account'],
  ['AwsClient', 'external-account'],
  ['Impersonated', 'impersonation'],
  ['Compute', 'metadata'],
]);

interface Pick {
  readonly kind: string;
  readonly account?: string;
  readonly quotaProject?: string;
  readonly token: () => Promise<string>;
}

async function theirPick(isGoogleHost: boolean): Promise<Pick> {
  gcpMetadata.resetIsAvailableCache();
  gcpMetadata.setGCPResidency(isGoogleHost);
  const auth = new GoogleAuth({ scopes: [CLOUD_PLATFORM], projectId: 'shop' });
  // What the generated clients set, that of Secret Manager too.
  auth.useJWTAccessWithScope = true;
  let client: AuthClient;
  try {
    client = await auth.getClient();
  } catch {
    return { kind: 'error', token: () => Promise.resolve('error') };
  }
  const account = accountOf(client);
  const { quotaProjectId } = client;
  return {
    kind: KINDS.get(client.constructor.name) ?? client.constructor.name,
    ...(account !== undefined && { account }),
    ...(typeof quotaProjectId === 'string' && { quotaProject: quotaProjectId }),
    token: async () => (await client.getRequestHeaders()).get('authorization')?.replace(/^Bearer /, '') ?? '',
  };
}

function accountOf(client: AuthClient): string | undefined {
  if ('email' in client && typeof client.email === 'string') return client.email;
  if ('getTargetPrincipal' in client && typeof client.getTargetPrincipal === 'function')
    return String(client.getTargetPrincipal());
  if ('getServiceAccountEmail' in client && typeof client.getServiceAccountEmail === 'function')
    return client.getServiceAccountEmail() ?? undefined;
  return undefined;
}

async function ourPick(world: GcpWorld, env: Env, isGoogleHost: boolean): Promise<Pick> {
  const tools = { ...world.tools, env, allowExecutable: true, isGoogleHost: async () => isGoogleHost };
  try {
    const source = await findSource({ method: 'chain' }, tools, world.signal);
    const quotaProject = env['GOOGLE_CLOUD_QUOTA_PROJECT'] ?? source.quotaProject;
    return {
      kind: source.kind,
      ...(source.account !== undefined && { account: source.account }),
      ...(quotaProject !== undefined && { quotaProject }),
      token: async () => (await source.token(world.signal)).token.expose(),
    };
  } catch (error) {
    if (!isSecretsError(error)) throw error;
    return { kind: 'error', token: () => Promise.resolve('error') };
  }
}

/** Whose token it is. */
async function ownerOf(world: GcpWorld, token: Promise<string>): Promise<string> {
  const text = await token.catch(() => 'error');
  if (text === 'error') return text;
  const found = world.authority.bearer(text);
  return 'email' in found ? found.email : found.reason;
}

for (const row of rows)
  await t.test(row.name, async (t) => {
    const world = await GcpWorld.create(t);
    world.oauth.awsKey = KNOWN_KEY;
    const env = { GCE_METADATA_HOST: world.nowhere, ...(await row.env(world)) };
    const isGoogleHost = row.isGoogleHost ?? false;
    setEnvironment(env);
    const [theirs, ours] = [await theirPick(isGoogleHost), await ourPick(world, env, isGoogleHost)];
    t.equal(theirs.kind, row.picks, 'the library picks it');
    t.equal(ours.kind, row.picks, 'and so do we');
    t.equal(ours.account, theirs.account);
    t.equal(ours.quotaProject, theirs.quotaProject);
    if (row.account !== undefined) t.equal(ours.account, row.account);
    if (row.quotaProject !== undefined) t.equal(ours.quotaProject, row.quotaProject);
    if (row.token === undefined) return;
    t.equal(await ownerOf(world, theirs.token()), row.token, 'the library gets a token');
    t.equal(await ownerOf(world, ours.token()), row.token, 'and so do we');
  });

await t.test('a token that a key signs has the claims that the library puts in', async (t) => {
  const world = await GcpWorld.create(t);
  const env = await gac(world, key(world));
  setEnvironment(env);
  const [theirs, ours] = [await theirPick(false), await ourPick(world, env, false)];
  const claims = async (pick: Pick) => ({ ...decodeJwt(await pick.token()), iat: 0, exp: 0 });
  t.same(await claims(ours), await claims(theirs));
});
