import { test } from 'tap';
import { awsFailures } from '../../fakes/fake-aws-failure.ts';
import { startFakeSecretsManager, KEY_ID, proxyPage } from '../../fakes/fake-aws-secrets-manager.ts';
import { AwsRig, fails, fakeEnv, startRig } from './aws-rig.ts';

const VALUE = '{"a":1}';

test('a session token is sent and signed', async (t) => {
  const rig = await startRig(t, { env: { ...fakeEnv, AWS_SESSION_TOKEN: 'the-token' }, sessionToken: 'the-token' });
  t.equal(await rig.text('app/db'), VALUE);
  t.match(rig.aws.requests.at(-1)?.headers, {
    'x-amz-security-token': 'the-token',
    authorization: /SignedHeaders=[^,]*x-amz-security-token/,
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'secretsmanager.GetSecretValue',
  });
});

test('the code of an error is understood in each place that AWS puts it', async (t) => {
  const rig = await startRig(t);
  for (const place of ['type', 'qualified', 'code', 'header'] as const) {
    rig.aws.codePlace = place;
    await fails(t, rig.get('app/none'), 'SecretNotFoundError/SecretDoesNotExist');
  }
});

test('a clock that is an hour wrong: the second attempt is good, and the next call at once', async (t) => {
  const aws = await startFakeSecretsManager();
  aws.store.put('app/db', VALUE);
  aws.skewMs = 3_600_000;
  const rig = new AwsRig(aws, {});
  t.teardown(async () => {
    await rig.provider.close();
    await aws.close();
  });
  t.equal(await rig.text('app/db'), VALUE);
  t.same(aws.operations, ['GetSecretValue', 'GetSecretValue']);
  t.equal(await rig.text('app/db'), VALUE);
  t.equal(aws.operations.length, 3);
  aws.skewMs = -7_200_000;
  t.equal(await rig.text('app/db'), VALUE, 'the machine or AWS has set its clock');
  t.same(rig.log.messages('error'), []);
});

test('a signature that stays wrong', async (t) => {
  const rig = await startRig(t);
  rig.aws.keys.set(KEY_ID, { secretAccessKey: 'another' });
  const error = await fails(t, rig.get('app/db'), 'AuthenticationError/InvalidCredentials');
  t.match(error.message, /InvalidSignatureException/);
  t.equal(rig.aws.inputs('GetSecretValue').length, 1, 'no other credentials would help');
  t.match(rig.log.messages('error'), [/signature/]);
});

test('an answer that is not of AWS', async (t) => {
  const rig = await startRig(t);
  for (const answer of [
    proxyPage(403),
    proxyPage(404),
    proxyPage(200),
    { status: 200, body: '{}' },
    { status: 302, body: '', headers: { location: 'http://127.0.0.1:1/' } },
    { status: 200, body: '<ListAllMyBucketsResult/>' },
  ]) {
    rig.aws.fault = () => answer;
    await fails(t, rig.get('app/db'), 'ProviderError/ProviderUnavailable');
  }
});

test('throttling, failures inside, and a connection that is cut', async (t) => {
  const rig = await startRig(t);
  rig.aws.fault = () => awsFailures.throttled({ 'x-amz-retry-after': '1500' });
  const throttled = await fails(t, rig.get('app/db'), 'ProviderError/RateLimited');
  t.equal(throttled.details.retryAfterMs, 1500);
  rig.aws.fault = () => awsFailures.throttled({ 'retry-after': '3' });
  t.equal((await fails(t, rig.get('app/db'), 'ProviderError/RateLimited')).details.retryAfterMs, 3000);
  rig.aws.fault = () => awsFailures.inside();
  await fails(t, rig.get('app/db'), 'ProviderError/InternalError');
  rig.aws.fault = () => awsFailures.unavailable();
  await fails(t, rig.get('app/db'), 'ProviderError/ProviderUnavailable');
  rig.aws.fault = () => 'reset';
  await fails(t, rig.get('app/db'), 'NetworkError/ConnectionFailed');
  t.same(rig.log.messages('warn').length, 1, 'throttling is told of once');
  rig.aws.fault = () => undefined;
  await rig.get('app/db');
  t.match(rig.log.messages('info'), ['the store works again']);
});

test('credentials that AWS calls expired are replaced once, and no reader notices', async (t) => {
  const aws = await startFakeSecretsManager();
  aws.store.put('app/db', VALUE);
  // An agent that hands out new keys with each call, as that of a container does.
  let handedOut = 0;
  aws.fault = ({ operation, headers }) => {
    if (operation === 'GetSecretValue' && headers['x-amz-security-token'] === 'token-1') return awsFailures.expired();
    if (operation !== '') return undefined;
    const n = ++handedOut;
    aws.keys.set(`AKIA${n}`, { secretAccessKey: 'k', sessionToken: `token-${n}` });
    const Expiration = new Date(Date.UTC(2030, 0, 1)).toISOString();
    const body = { AccessKeyId: `AKIA${n}`, SecretAccessKey: 'k', Token: `token-${n}`, Expiration };
    return { status: 200, body: JSON.stringify(body) };
  };
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...env } = fakeEnv;
  const rig = new AwsRig(aws, { env: { ...env, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${aws.address}/creds` } });
  t.teardown(async () => {
    await rig.provider.close();
    await aws.close();
  });
  t.same(await Promise.all([rig.text('app/db'), rig.text('app/db')]), [VALUE, VALUE]);
  t.equal(handedOut, 2, 'one replacement for both');
  t.ok((rig.provider.status().identityExpiresInMs ?? 0) > 0);
  // The sources are not asked for others more than now and then.
  await rig.clock.advance(600_000);
  const answered = aws.fault;
  aws.fault = (request) => (request.operation === 'GetSecretValue' ? awsFailures.expired() : answered(request));
  await fails(t, rig.get('app/db'), 'AuthenticationError/ExpiredCredentials');
  t.equal(handedOut, 3, 'replaced once, not for ever');
});
