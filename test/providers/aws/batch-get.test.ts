import { test } from 'tap';
import { isSecretsError } from '../../../src/core/errors/secrets-error.ts';
import type { Location } from '../../../src/core/provider.ts';
import { awsFailures } from '../../fakes/fake-aws-failure.ts';
import { type AwsRig, call, fails, startRig } from './aws-rig.ts';

const places = (rig: AwsRig, ...paths: readonly string[]): readonly Location[] =>
  paths.map((path) => rig.provider.locate(path, {}));

async function read(rig: AwsRig, ...paths: readonly string[]): Promise<readonly unknown[]> {
  const items = await rig.provider.batch.get(places(rig, ...paths), call);
  return items.map((item) => (isSecretsError(item) ? item.code : item.value.expose()));
}

test('values and errors in the order asked, each its own', async (t) => {
  const rig = await startRig(t);
  const { store } = rig.aws;
  store.put('app/key', Uint8Array.of(0, 255));
  store.put('app/locked', 'x').kms = 'disabled';
  store.put('app/old', 'x').deletedAt = 1;
  store.add('app/empty');
  store.put('app/private', 'x');
  store.denied.add('GetSecretValue:app/private');
  const arn = store.secrets.get('app/db')?.arn ?? '';
  t.same(
    await read(
      rig,
      'app/none',
      'app/db',
      'app/locked',
      'app/key',
      'app/old',
      'app/empty',
      'app/private',
      'app/db',
      arn,
    ),
    [
      'SecretDoesNotExist',
      '{"a":1}',
      'KmsAccessDenied',
      Uint8Array.of(0, 255),
      'SecretDoesNotExist',
      'StageNotFound',
      'AccessDenied',
      '{"a":1}',
      '{"a":1}',
    ],
  );
  t.same(rig.aws.inputs('BatchGetSecretValue').length, 1);
  t.equal(rig.aws.inputs('GetSecretValue').length, 0);
  const [secret] = await rig.provider.batch.get(places(rig, 'app/db'), call);
  t.match(secret, { stages: ['current'], metadata: { name: 'app/db', region: 'eu-west-1', arn } });
});

test('what can be part of it', async (t) => {
  const rig = await startRig(t);
  const { batch } = rig.provider;
  t.equal(batch.maxSize, 20);
  t.ok(batch.takes({ id: 'a', selector: {} }));
  t.notOk(batch.takes({ id: 'a', selector: { stage: 'previous' } }));
  t.notOk(batch.takes({ id: 'a', selector: { version: 'v' } }));
});

test('where the call is not permitted, that is remembered for ten minutes', async (t) => {
  const rig = await startRig(t);
  const place = { id: 'app/db', selector: {} };
  rig.aws.store.denied.add('BatchGetSecretValue');
  const error = await fails(t, rig.provider.batch.get([place], call), 'AccessError/AccessDenied');
  t.match(error.message, "'secretsmanager:BatchGetSecretValue'");
  t.notOk(rig.provider.batch.takes(place));
  await rig.clock.advance(599_999);
  t.notOk(rig.provider.batch.takes(place));
  await rig.clock.advance(1);
  t.ok(rig.provider.batch.takes(place));
});

test('a failure of the whole call is no refusal', async (t) => {
  const rig = await startRig(t);
  rig.aws.fault = () => awsFailures.throttled();
  await fails(t, rig.provider.batch.get(places(rig, 'app/db'), call), 'ProviderError/RateLimited');
  t.ok(rig.provider.batch.takes({ id: 'app/db', selector: {} }));
});

test('pages are followed, and a secret that AWS leaves out is a failure of AWS', async (t) => {
  const rig = await startRig(t);
  rig.aws.fault = ({ operation, input }) => {
    if (operation !== 'BatchGetSecretValue') return undefined;
    const body = input['NextToken'] === undefined ? { NextToken: 'n' } : { Errors: [], SecretValues: [] };
    return { status: 200, body: JSON.stringify(body) };
  };
  t.same(await read(rig, 'app/db'), ['InternalError']);
  t.equal(rig.aws.inputs('BatchGetSecretValue').length, 2);
});
