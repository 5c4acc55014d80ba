import { inspect } from 'node:util';
import { test, type Test } from 'tap';
import { AuthenticationError } from '../../../src/core/errors/authentication-error.ts';
import { Redacted } from '../../../src/core/redacted.ts';
import { ClockSkew } from '../../../src/credentials/aws/clock-skew.ts';
import type { AwsCredentials, AwsIdentity } from '../../../src/credentials/aws/credentials.ts';
import { createAwsAuth, type AwsAuth } from '../../../src/providers/vault/auth-aws.ts';
import { createWire } from '../../../src/providers/vault/wire.ts';
import { createHttpClient } from '../../../src/transport/http-client.ts';
import type { KnownKey } from '../../fakes/aws-signature-check.ts';
import { startFakeVaultAws, type FakeVaultAws, type FakeVaultAwsOptions } from '../../fakes/aws-vault-login.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

const keys = new Map<string, KnownKey>([
  ['AKIAFIRST', { secretAccessKey: 'secret-canary', sessionToken: 'token-canary' }],
  ['AKIASECOND', { secretAccessKey: 'second-secret-canary' }],
]);

const first: AwsCredentials = {
  accessKeyId: 'AKIAFIRST',
  secretAccessKey: new Redacted('secret-canary'),
  sessionToken: new Redacted('token-canary'),
  source: 'a test',
};
const second: AwsCredentials = {
  accessKeyId: 'AKIASECOND',
  secretAccessKey: new Redacted('second-secret-canary'),
  source: 'a test',
};

interface Setting {
  readonly auth?: Partial<AwsAuth>;
  readonly vault?: Partial<FakeVaultAwsOptions>;
  readonly held?: AwsCredentials;
  /** What replaces those that are refused. */
  readonly others?: AwsCredentials;
}

interface Rig {
  readonly vault: FakeVaultAws;
  readonly clock: FakeClock;
  readonly skew: ClockSkew;
  readonly method: ReturnType<typeof createAwsAuth>;
  login(): ReturnType<Rig['method']['login']>;
}

async function start(t: Test, { auth, vault: changes, held = first, others }: Setting = {}): Promise<Rig> {
  const clock = new FakeClock();
  const vault = await startFakeVaultAws({
    nowMs: () => clock.wallMs(),
    keys,
    role: 'app',
    stsHost: 'sts.amazonaws.com',
    ...changes,
  });
  const http = createHttpClient({ maxResponseBytes: 10_000 });
  t.teardown(async () => {
    await http.close();
    await vault.server.close();
  });
  const wire = createWire(http, { endpoint: new URL(vault.server.address), clock });
  const skew = new ClockSkew(clock);
  const tools = { identity: identityOf(held, others), skew };
  const method = createAwsAuth({ method: 'aws', mount: 'aws', role: 'app', ...auth }, wire, tools);
  const login = async (): ReturnType<Rig['method']['login']> =>
    method.login(await method.readCredentials(), new AbortController().signal);
  return { vault, clock, skew, method, login };
}

const identityOf = (held: AwsCredentials, others: AwsCredentials | undefined): AwsIdentity => ({
  credentials: () => Promise.resolve(held),
  replace: () =>
    others === undefined
      ? Promise.reject(new AuthenticationError('ExpiredCredentials', 'there are no others'))
      : Promise.resolve(others),
  expiresInMs: undefined,
  close: () => Promise.resolve(),
});

test('Vault can send what we have signed, and STS accepts it', async (t) => {
  const rig = await start(t);
  const grant = await rig.login();
  t.equal(grant.token.expose(), 'aws-token-1');
  t.equal(grant.leaseMs, 3_600_000);
  t.equal(grant.renewable, true);
  t.equal(rig.method.name, 'aws');
  t.equal(rig.method.ownsToken, true);
});

test('credentials without a session token will do', async (t) => {
  const rig = await start(t, { held: second });
  t.equal((await rig.login()).token.expose(), 'aws-token-1');
});

test('a region is where Vault asks STS', async (t) => {
  const rig = await start(t, { auth: { region: 'eu-west-1' }, vault: { stsHost: 'sts.eu-west-1.amazonaws.com' } });
  t.equal((await rig.login()).token.expose(), 'aws-token-1');
  const china = await start(t, {
    auth: { region: 'cn-north-1' },
    vault: { stsHost: 'sts.cn-north-1.amazonaws.com.cn' },
  });
  t.equal((await china.login()).token.expose(), 'aws-token-1');
});

test('another region than the one Vault asks is refused', async (t) => {
  const rig = await start(t, { auth: { region: 'eu-west-1' } });
  await t.rejects(rig.login(), { name: 'AuthenticationError', code: 'InvalidCredentials' });
});

test('the header value is sent and signed', async (t) => {
  const rig = await start(t, { auth: { headerValue: 'vault.shop' }, vault: { serverId: 'vault.shop' } });
  t.equal((await rig.login()).token.expose(), 'aws-token-1');
});

test('a missing or another header value is refused', async (t) => {
  for (const auth of [{}, { headerValue: 'vault.other' }]) {
    const rig = await start(t, { auth, vault: { serverId: 'vault.shop' } });
    await t.rejects(rig.login(), { code: 'InvalidCredentials' });
  }
});

test('each login is signed anew, with the time of AWS', async (t) => {
  const rig = await start(t);
  await rig.login();
  await rig.clock.advance(20 * 60_000);
  await rig.login();
  const [one, two] = rig.vault.server.requests.map(({ body }) => body);
  t.not(one, two);
  // Our clock is an hour behind: only a corrected signature is accepted.
  const late = await start(t, { vault: { nowMs: () => Date.UTC(2026, 0, 1) + 3_600_000 } });
  await t.rejects(late.login(), { code: 'InvalidCredentials' });
  late.skew.observe(
    new Map([['date', new Date(late.clock.wallMs() + 3_600_000).toUTCString()]]),
    late.clock.monotonicMs(),
  );
  t.match((await late.login()).token.expose(), /aws-token/);
});

test('the credentials that are compared stay the same until they change', async (t) => {
  const rig = await start(t);
  const before = await rig.method.readCredentials();
  await rig.clock.advance(60_000);
  t.equal((await rig.method.readCredentials()).expose(), before.expose());
  const other = await start(t, { held: second });
  t.not((await other.method.readCredentials()).expose(), before.expose());
});

test('refused credentials are replaced once', async (t) => {
  const unknown = { ...first, accessKeyId: 'AKIAUNKNOWN' };
  const rig = await start(t, { held: unknown, others: second });
  t.equal((await rig.login()).token.expose(), 'aws-token-1');
  t.equal(rig.vault.server.requests.length, 2);
  const lost = await start(t, { held: unknown, others: unknown });
  await t.rejects(lost.login(), { code: 'InvalidCredentials' });
  t.equal(lost.vault.server.requests.length, 2);
  const alone = await start(t, { held: unknown });
  await t.rejects(alone.login(), { code: 'InvalidCredentials' }, 'what Vault said, not that there are no others');
});

test('a Vault that is down is no reason to change credentials', async (t) => {
  const rig = await start(t, { others: second });
  await rig.vault.server.close();
  await t.rejects(rig.login(), { name: 'NetworkError' });
});

test('nothing of the credentials can be printed', async (t) => {
  const rig = await start(t, { vault: { role: 'other' } });
  const error: unknown = await rig.login().then(
    () => t.fail('the login is refused'),
    (reason: unknown) => reason,
  );
  t.notMatch(inspect([error, await rig.method.readCredentials(), rig.method], { depth: 9 }), /canary/);
});
