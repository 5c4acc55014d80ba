import { test } from 'tap';
import { createAwsSubject } from '../../../src/credentials/gcp/subject-from-aws.ts';
import { isSignedByAws } from '../../fakes/fake-gcp-aws-subject.ts';
import { AUDIENCE } from '../../fakes/fake-gcp-oauth.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { GcpWorld } from './gcp-world.ts';

const KEY = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'the-secret-key' };
const env = { AWS_ACCESS_KEY_ID: KEY.accessKeyId, AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey, AWS_REGION: 'eu-west-1' };
const source = {
  environment_id: 'aws1',
  regional_cred_verification_url: 'https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15',
};

test('a signed request that names the pool', async (t) => {
  const world = await GcpWorld.create(t, { env, clock: new FakeClock() });
  const read = createAwsSubject({ source, audience: AUDIENCE }, world.tools);
  const token = (await read(world.signal)).expose();
  t.ok(isSignedByAws(token, KEY, AUDIENCE), 'it is signed by the key');
  t.notOk(isSignedByAws(token, { ...KEY, secretAccessKey: 'another' }, AUDIENCE), 'and by no other');
  t.notOk(isSignedByAws(token, KEY, 'another'), 'for the pool');
  const names = JSON.parse(decodeURIComponent(token)).headers.map(({ key }: { key: string }) => key.toLowerCase());
  t.same(names.sort(), ['authorization', 'host', 'x-amz-date', 'x-goog-cloud-target-resource']);
  t.match(decodeURIComponent(token), 'x-goog-cloud-target-resource, Signature', 'which the signature covers');
  t.match(decodeURIComponent(token), '20260101T000000Z', 'signed now');
});

test('what is missing', async (t) => {
  const world = await GcpWorld.create(t, { env: { ...env, AWS_REGION: '', AWS_EC2_METADATA_DISABLED: 'true' } });
  const read = createAwsSubject({ source, audience: AUDIENCE }, world.tools);
  await t.rejects(read(world.signal), { message: /no region of AWS is found/ });
  const nobody = { env: { AWS_REGION: 'eu-west-1', AWS_EC2_METADATA_DISABLED: 'true' } };
  await t.rejects(createAwsSubject({ source, audience: AUDIENCE }, { ...world.tools, ...nobody })(world.signal), {
    code: 'InvalidCredentials',
  });
});

test('sources that are none', async (t) => {
  const { tools, signal } = await GcpWorld.create(t, { env });
  const make = (more: object) => createAwsSubject({ source: { ...source, ...more }, audience: AUDIENCE }, tools);
  t.throws(() => make({ environment_id: 'aws2' }), { message: /'environment_id' is not 'aws1'/ });
  t.throws(() => make({ regional_cred_verification_url: '' }), { message: /'regional_cred_verification_url'/ });
  const plain = make({ regional_cred_verification_url: 'http://sts.{region}.amazonaws.com' });
  await t.rejects(plain(signal), { message: /not an 'https:\/\/' address/ });
});
