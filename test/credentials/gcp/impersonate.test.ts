import { test } from 'tap';
import { Redacted } from '../../../src/core/redacted.ts';
import { isSecretsError } from '../../../src/core/errors/secrets-error.ts';
import { impersonate, impersonatedAccount } from '../../../src/credentials/gcp/impersonate.ts';
import type { AccessToken } from '../../../src/credentials/gcp/token-source.ts';
import { rpcError } from '../../fakes/fake-gcp-errors.ts';
import { FEDERATED, GcpWorld, MACHINE, ROBOT } from './gcp-world.ts';

function act(world: GcpWorld, account = ROBOT, lifetimeSeconds = 3600): Promise<AccessToken> {
  const url = new URL(world.impersonationUrl(account));
  const token = new Redacted(world.authority.issue(FEDERATED));
  return impersonate(
    world.tools,
    { impersonation: { url, account, lifetimeSeconds, delegates: [] }, token },
    world.signal,
  );
}

async function failure(world: GcpWorld, account = ROBOT): Promise<string> {
  try {
    await act(world, account);
  } catch (error) {
    if (isSecretsError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'a token';
}

test('a token of the account', async (t) => {
  const world = await GcpWorld.create(t);
  const { token, lifetimeMs } = await act(world, ROBOT, 600);
  t.same(world.authority.bearer(token.expose()), { email: ROBOT });
  t.ok(lifetimeMs !== undefined && lifetimeMs > 590_000 && lifetimeMs <= 600_000, 'no longer than asked for');
});

test('an account that is not ours to be', async (t) => {
  const world = await GcpWorld.create(t);
  t.match(await failure(world, MACHINE), /^InsufficientPermissions: .*'machine@shop.*'Service Account Token Creator'/);
});

const answers: readonly (readonly [answer: ReturnType<typeof rpcError>, expected: RegExp])[] = [
  [rpcError('PERMISSION_DENIED', '', { reason: 'SERVICE_DISABLED' }), /^ProviderUnavailable: the API 'iamcredentials/],
  [rpcError('NOT_FOUND', ''), /^InsufficientPermissions/],
  [rpcError('UNAUTHENTICATED', ''), /^InvalidCredentials/],
  [rpcError('INVALID_ARGUMENT', ''), /^InvalidCredentials/],
  [rpcError('RESOURCE_EXHAUSTED', ''), /^RateLimited/],
  [rpcError('UNAVAILABLE', ''), /^ProviderUnavailable: .*503/],
  [{ status: 200, body: { accessToken: 'x' } }, /^ProviderUnavailable/],
  [{ status: 200, body: { expireTime: '2030-01-01T00:00:00Z' } }, /^ProviderUnavailable/],
  [{ status: 403, body: '<html>' }, /^ProviderUnavailable: .*403/],
];

test('failures', async (t) => {
  const world = await GcpWorld.create(t);
  for (const [answer, expected] of answers) {
    world.oauth.faults.push(answer);
    t.match(await failure(world), expected, JSON.stringify(answer));
  }
});

test('the account in the address', async (t) => {
  const account = (path: string) => impersonatedAccount(new URL(`https://iamcredentials.googleapis.com/v1/${path}`));
  t.equal(account('projects/-/serviceAccounts/a@b.example:generateAccessToken'), 'a@b.example');
  t.equal(account('projects/-/serviceAccounts/a%40b.example:generateAccessToken'), 'a@b.example');
  for (const path of [
    'x',
    'projects/-/serviceAccounts/a:generateIdToken',
    `projects/-/serviceAccounts/${'a'.repeat(256)}:generateAccessToken`,
  ])
    t.throws(() => account(path), { code: 'InvalidCredentials' }, path);
});
