import { inspect } from 'node:util';
import { test, type Test } from 'tap';
import { Redacted } from '../../../src/core/redacted.ts';
import { SecretsError } from '../../../src/core/errors/secrets-error.ts';
import { ClockSkew } from '../../../src/credentials/aws/clock-skew.ts';
import type { AwsCredentials } from '../../../src/credentials/aws/credentials.ts';
import { createSts, type Sts } from '../../../src/credentials/aws/sts.ts';
import { createHttpClient } from '../../../src/transport/http-client.ts';
import { startFakeSts, stsError, type FakeSts } from '../../fakes/aws-sts.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

const { signal } = new AbortController();
const user: AwsCredentials = {
  accessKeyId: 'AKIAUSER',
  secretAccessKey: new Redacted('secret-canary'),
  source: 'a test',
};
const role = {
  region: 'eu-west-1',
  roleArn: 'arn:aws:iam::123456789012:role/r',
  sessionName: 'me',
  externalId: 'an id & more',
  durationSeconds: 900,
};

interface Rig {
  readonly fake: FakeSts;
  readonly clock: FakeClock;
  readonly skew: ClockSkew;
  readonly sts: Sts;
  readonly identityCalls: string[];
}

async function start(t: Test, offsetMs = 0): Promise<Rig> {
  const clock = new FakeClock();
  const fake = await startFakeSts(() => clock.wallMs() + offsetMs);
  fake.keys.set('AKIAUSER', { secretAccessKey: 'secret-canary' });
  fake.webTokens.add('web-token');
  const http = createHttpClient({ maxResponseBytes: 100_000 });
  t.teardown(async () => {
    await http.close();
    await fake.server.close();
  });
  const skew = new ClockSkew(clock);
  const identityCalls: string[] = [];
  const sts = createSts({
    clock,
    http,
    skew,
    random: () => 0.5,
    recordIdentityCall: (status) => identityCalls.push(status),
    endpoints: { env: {}, endpoint: new URL(fake.server.address) },
  });
  return { fake, clock, skew, sts, identityCalls };
}

const caller = ({ sts }: Rig): ReturnType<Sts['getCallerIdentity']> => sts.getCallerIdentity(user, 'eu-west-1', signal);

/** Lets the attempt number so many fail, then moves the clock over the pause. */
async function passPause(rig: Rig, attempt: number, ms: number): Promise<void> {
  await rig.fake.server.seen(attempt);
  while (rig.identityCalls.length < attempt || rig.clock.timers === 0) await new Promise(setImmediate);
  await rig.clock.advance(ms - 1);
  // A request that was sent too early has these turns to arrive.
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  if (rig.fake.server.requests.length !== attempt) throw new Error(`attempt ${attempt + 1} came too early`);
  await rig.clock.advance(1);
}

async function failure(work: Promise<unknown>): Promise<SecretsError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof SecretsError) return error;
  throw new TypeError(`should fail: ${inspect(error)}`);
}

test('a role is assumed with all that was asked for', async (t) => {
  const { fake, sts, clock, identityCalls } = await start(t);
  const found = await sts.assumeRole(user, role, signal);
  t.match(found.accessKeyId, /^ASIA/);
  t.match(found.secretAccessKey.expose(), /&a$/, 'entities are decoded');
  t.equal(found.expiresAt?.getTime(), clock.wallMs() + 3_600_000);
  t.equal(found.source, "role 'arn:aws:iam::123456789012:role/r', assumed with a test");
  const form = Object.fromEntries(fake.forms[0] ?? []);
  t.same(form, {
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: role.roleArn,
    RoleSessionName: 'me',
    ExternalId: 'an id & more',
    DurationSeconds: '900',
  });
  t.match(fake.server.requests[0]?.headers['authorization'], /\/eu-west-1\/sts\/aws4_request/);
  t.same(identityCalls, ['success']);
});

test('a web identity is sent without a signature', async (t) => {
  const { fake, sts } = await start(t);
  const { sessionName, roleArn, region } = role;
  await sts.assumeRoleWithWebIdentity(new Redacted('web-token'), { sessionName, roleArn, region }, signal);
  t.equal(fake.server.requests[0]?.headers['authorization'], undefined);
  t.equal(fake.forms[0]?.has('DurationSeconds'), false, 'left to STS');
});

test('whose credentials they are; account numbers keep their zeros', async (t) => {
  const rig = await start(t);
  t.same(await caller(rig), {
    account: '012345678901',
    arn: 'arn:aws:iam::012345678901:user/AKIAUSER',
    userId: 'AIDA',
  });
});

/** STS's code, with its status, and ours. */
const refusals = [
  [400, 'ExpiredToken', 'AuthenticationError/ExpiredCredentials'],
  [400, 'ExpiredTokenException', 'AuthenticationError/ExpiredCredentials'],
  [403, 'AccessDenied', 'AuthenticationError/InsufficientPermissions'],
  [403, 'RegionDisabledException', 'AuthenticationError/InsufficientPermissions'],
  [403, 'InvalidClientTokenId', 'AuthenticationError/InvalidCredentials'],
  [403, 'SignatureDoesNotMatch', 'AuthenticationError/InvalidCredentials'],
  [400, 'InvalidIdentityToken', 'AuthenticationError/InvalidCredentials'],
  [403, 'IDPRejectedClaim', 'AuthenticationError/InvalidCredentials'],
  [400, 'MalformedPolicyDocument', 'AuthenticationError/InvalidCredentials'],
  [400, 'PackedPolicyTooLarge', 'AuthenticationError/InvalidCredentials'],
  [400, 'ValidationError', 'AuthenticationError/InvalidCredentials'],
  [400, 'SomethingNew', 'AuthenticationError/InvalidCredentials'],
] as const;

test('refusals are told by their code, are not repeated, and pass on none of the words', async (t) => {
  for (const [status, code, expected] of refusals) {
    const rig = await start(t);
    rig.fake.fault = () => stsError(status, code);
    const error = await failure(caller(rig));
    t.equal(`${error.category}/${error.code}`, expected, code);
    t.match(error.message, `(sts:GetCallerIdentity, ${code})`);
    t.notMatch(inspect(error, { depth: 9 }), /canary|127\.0\.0\.1/);
    t.equal(rig.fake.server.requests.length, 1);
  }
});

test('a code that is no code is not passed on either', async (t) => {
  const rig = await start(t);
  rig.fake.fault = () => stsError(400, 'canary of a code');
  t.match((await failure(caller(rig))).message, /unknown code/);
});

const transient = [
  ['the identity provider', () => stsError(400, 'IDPCommunicationError'), 'ProviderUnavailable'],
  ['a fault inside', () => stsError(500, 'InternalFailure'), 'ProviderUnavailable'],
  ['a new fault inside', () => stsError(500, 'SomethingNew'), 'InternalError'],
  ['a service that is down', () => stsError(503, 'ServiceUnavailable'), 'ProviderUnavailable'],
  ['a proxy', () => ({ status: 502, text: '<html>canary</html>' }), 'ProviderUnavailable'],
  ['a portal that says yes to all', () => ({ status: 200, text: '<html>canary</html>' }), 'ProviderUnavailable'],
  [
    'a redirect',
    () => ({ status: 302, text: '', headers: { location: 'https://canary.example/' } }),
    'ProviderUnavailable',
  ],
  ['a cut connection', () => 'reset' as const, 'ConnectionFailed'],
] as const;

test('what may pass is tried three times, with growing pauses', async (t) => {
  for (const [what, fault, code] of transient) {
    const rig = await start(t);
    rig.fake.fault = fault;
    const failing = failure(caller(rig));
    await passPause(rig, 1, 50);
    await passPause(rig, 2, 100);
    const error = await failing;
    t.equal(error.code, code, what);
    t.ok(error.retryable);
    t.equal(rig.fake.server.requests.length, 3);
    t.same(rig.identityCalls, [code, code, code]);
    t.notMatch(inspect(error, { depth: 9 }), /canary/);
  }
});

test('throttling is given more time, and STS the time that it asks for', async (t) => {
  const rig = await start(t);
  const faults = [
    stsError(400, 'Throttling'),
    { ...stsError(503, 'ServiceUnavailable'), headers: { 'retry-after': '3' } },
    undefined,
  ];
  rig.fake.fault = () => faults[rig.fake.server.requests.length - 1];
  const found = caller(rig);
  await passPause(rig, 1, 1_000);
  await passPause(rig, 2, 3_000);
  t.equal((await found).account, '012345678901');
});

test('a longer pause than five seconds is not waited for, but told', async (t) => {
  const rig = await start(t);
  rig.fake.fault = () => ({ ...stsError(503, 'ServiceUnavailable'), headers: { 'retry-after': '6' } });
  const error = await failure(caller(rig));
  t.equal(error.details.retryAfterMs, 6_000);
  t.equal(rig.fake.server.requests.length, 1);
});

test('an answer that hangs is given up after five seconds', async (t) => {
  const rig = await start(t);
  rig.fake.fault = () => (rig.fake.server.requests.length === 1 ? 'hang' : undefined);
  const found = caller(rig);
  await rig.fake.server.seen(1);
  await rig.clock.advance(4_999);
  t.same(rig.identityCalls, []);
  await rig.clock.advance(1);
  await passPause(rig, 1, 50);
  t.equal((await found).account, '012345678901');
  t.same(rig.identityCalls, ['Timeout', 'success']);
});

test('a signature of the wrong time is corrected at once', async (t) => {
  const rig = await start(t, 3_600_000);
  t.equal((await caller(rig)).account, '012345678901');
  t.equal(rig.fake.server.requests.length, 2, 'without a pause: the clock stands still');
  t.equal(rig.skew.offsetMs, 3_600_000);
  await caller(rig);
  t.equal(rig.fake.server.requests.length, 3, 'and the next one is right from the start');
});

test('whoever leaves is not kept waiting by a pause', async (t) => {
  const rig = await start(t);
  rig.fake.fault = () => stsError(503, 'ServiceUnavailable');
  const leaving = new AbortController();
  const failing = failure(rig.sts.getCallerIdentity(user, 'eu-west-1', leaving.signal));
  await rig.fake.server.seen(1);
  leaving.abort();
  t.match((await failing).code, /Timeout|ProviderUnavailable/);
  t.equal(rig.fake.server.requests.length, 1);
});

test('half of an answer is no credentials', async (t) => {
  const whole =
    '<AccessKeyId>a</AccessKeyId><SecretAccessKey>b</SecretAccessKey><SessionToken>c</SessionToken><Expiration>2200-01-01T00:00:00Z</Expiration>';
  for (const missing of ['AccessKeyId', 'SecretAccessKey', 'SessionToken', 'Expiration']) {
    const rig = await start(t);
    const text = whole.replace(new RegExp(`<${missing}>.*</${missing}>`), '');
    rig.fake.fault = () => ({
      status: 200,
      text: `<AssumeRoleResponse><AssumeRoleResult><Credentials>${text}</Credentials></AssumeRoleResult></AssumeRoleResponse>`,
    });
    const error = await failure(rig.sts.assumeRole(user, role, signal));
    t.equal(error.message, `STS answers without a good '${missing}'`);
  }
});
