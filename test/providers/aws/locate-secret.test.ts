import { assert, constantFrom, property, string } from 'fast-check';
import { test } from 'tap';
import { accountOf, locateSecret } from '../../../src/providers/aws/locate-secret.ts';

const own = { region: 'eu-west-1', account: '123456789012' };
const nobody = { region: undefined, account: undefined };
const arn = (name: string, region = 'eu-west-1', account = own.account): string =>
  `arn:aws:secretsmanager:${region}:${account}:secret:${name}`;

test('a name is its own place', (t) => {
  for (const name of ['app/db', '/app', 'a', 'rds!db-1', 'A+b=c.d@e_f-1', 'x'.repeat(512), 'foo-AbCdEf'])
    t.same(locateSecret(name, {}, nobody), { id: name, selector: {} });
  for (const name of ['é', 'a b', 'a:b', 'a%b', 'x'.repeat(513), 'ARN:aws', 'a*', ''])
    t.throws(() => locateSecret(name, {}, own), { code: 'InvalidPath' }, name);
  t.end();
});

test('an ARN of our own, complete or partial, is the place of the name in it', (t) => {
  t.equal(locateSecret(arn('app/db-AbCd12'), {}, own).id, 'app/db');
  t.equal(locateSecret(arn('app/db'), {}, own).id, 'app/db');
  // AWS reads it so, too: what looks like the end of a complete ARN is one.
  t.equal(locateSecret(arn('foo-AbCdEf'), {}, own).id, 'foo');
  t.equal(locateSecret(arn('foo-AbCdEf-123456'), {}, own).id, 'foo-AbCdEf');
  t.end();
});

test('an ARN of another account is its own place, and must be complete', (t) => {
  const other = arn('app/db-AbCd12', 'eu-west-1', '999999999999');
  t.equal(locateSecret(other, {}, own).id, other);
  t.throws(() => locateSecret(arn('app/db', 'eu-west-1', '999999999999'), {}, own), { code: 'InvalidPath' });
  t.end();
});

test('what is no ARN of a secret in our region is refused', (t) => {
  for (const path of [
    arn('app/db-AbCd12', 'us-east-1'),
    'arn:aws-cn:secretsmanager:eu-west-1:123456789012:secret:app/db-AbCd12',
    'arn:aws:s3:::bucket',
    'arn:aws:secretsmanager:eu-west-1:123:secret:app',
    arn('a b'),
    arn(''),
    'arn:',
  ])
    t.throws(() => locateSecret(path, {}, own), { code: 'InvalidPath' }, path);
  const china = { region: 'cn-north-1', account: own.account };
  const inChina = 'arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:app/db-AbCd12';
  t.equal(locateSecret(inChina, {}, china).id, 'app/db');
  t.end();
});

test('as long as we do not know ourselves, an ARN waits', (t) => {
  t.throws(() => locateSecret(arn('app/db'), {}, { ...own, account: undefined }), { code: 'ProviderUnavailable' });
  t.throws(() => locateSecret(arn('app/db'), {}, { ...own, region: undefined }), { code: 'ProviderUnavailable' });
  t.end();
});

test('stages have one spelling, and AWSCURRENT is none', (t) => {
  const stage = (named: string, version?: string) =>
    locateSecret('a', { stage: named, ...(version !== undefined && { version }) }, own).selector;
  t.same(stage('AWSCURRENT'), {});
  t.same(stage('AWSPREVIOUS'), { stage: 'previous' });
  t.same(stage('previous'), { stage: 'previous' });
  t.same(stage('AWSPENDING'), { stage: 'pending' });
  t.same(stage('My label'), { stage: 'My label' });
  const version = '00000000-0000-4000-8000-000000000000';
  t.same(stage('AWSCURRENT', version), { version });
  t.same(stage('blue', version), { version, stage: 'blue' });
  for (const bad of ['', 'x'.repeat(257), 'a\u0000']) t.throws(() => stage(bad), { code: 'InvalidParameter' });
  for (const bad of ['x'.repeat(31), 'x'.repeat(65), `${version} `])
    t.throws(() => stage('blue', bad), { code: 'InvalidParameter' });
  t.end();
});

test('no two places of our own are one secret, whatever the spelling', (t) => {
  const names = string({ unit: constantFrom(...'ab/-_!9AZ'.split('')), minLength: 1, maxLength: 12 });
  const suffixes = string({ unit: constantFrom('a', 'Z', '9'), minLength: 6, maxLength: 6 });
  assert(
    property(names, suffixes, (name, suffix) => {
      t.equal(locateSecret(arn(`${name}-${suffix}`), {}, own).id, locateSecret(name, {}, own).id);
    }),
    { numRuns: 200 },
  );
  t.end();
});

test('the account of an ARN', (t) => {
  t.equal(accountOf(arn('app/db-AbCd12')), own.account);
  t.equal(accountOf('app/db'), undefined);
  t.end();
});
