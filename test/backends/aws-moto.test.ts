import type { Test } from 'tap';
import { isSecretsError } from '../../src/core/errors/secrets-error.ts';
import type { SecretProvider } from '../../src/core/provider.ts';
import { call, fails } from '../providers/aws/aws-rig.ts';
import { askAws, callSecretsManager, type TestKeys } from './aws-call.ts';
import { startAwsProvider } from './aws-provider.ts';
import { awsTest } from './backend-test.ts';
import { startMoto, type Moto } from './moto.ts';

const region = 'eu-west-1';

interface Rig {
  readonly moto: Moto;
  /** May call everything of Secrets Manager. */
  readonly keys: TestKeys;
  /** As the administrator. */
  readonly call: (operation: string, input: object) => ReturnType<typeof callSecretsManager>;
  readonly start: (keys: TestKeys) => Promise<SecretProvider>;
}

/** A moto that checks signatures, with the secret `app/db` of two versions. */
async function startRig(t: Test): Promise<Rig> {
  const moto = await startMoto();
  t.teardown(() => moto.stop());
  await moto.enforce();
  const { address, admin } = moto;
  const callMoto = (operation: string, input: object) =>
    callSecretsManager({ address, region, keys: admin }, operation, input);
  const Tags = [{ Key: 'team', Value: 'shop' }];
  await callMoto('CreateSecret', { Name: 'app/db', SecretString: 'first', Tags });
  await callMoto('PutSecretValue', { SecretId: 'app/db', SecretString: 'second' });
  return {
    moto,
    keys: await moto.createUser(['secretsmanager:*']),
    call: callMoto,
    async start(keys) {
      const { provider } = await startAwsProvider({ address, region }, keys);
      t.teardown(() => provider.close());
      return provider;
    },
  };
}

const get = (provider: SecretProvider, path: string, selector = {}) =>
  provider.get(provider.locate(path, selector), call);

await awsTest('moto does check signatures', async (t) => {
  const { moto, keys } = await startRig(t);
  const ask = (by: TestKeys) =>
    askAws({
      address: moto.address,
      service: 'secretsmanager',
      region,
      keys: by,
      target: 'secretsmanager.GetSecretValue',
      body: '{"SecretId":"app/db"}',
    });
  t.equal((await ask(keys)).status, 200);
  const wrong = await ask({ ...keys, secret: `${keys.secret}x` });
  t.match(wrong, { status: 403, text: /SignatureDoesNotMatch/ });
  t.match(await ask({ id: 'AKIAUNKNOWN00000000', secret: 'x' }), { status: 403, text: /InvalidClientTokenId/ });
});

await awsTest('refusals of moto, in the XML of older services', async (t) => {
  const { moto, keys, start } = await startRig(t);
  const forged = await start({ ...keys, secret: `${keys.secret}x` });
  await fails(t, get(forged, 'app/db'), 'AuthenticationError/InvalidCredentials');
  const unknown = await start({ id: 'AKIAUNKNOWN00000000', secret: 'x' });
  const error = await get(unknown, 'app/db').catch((reason: unknown) => reason);
  t.match(error, { category: 'AuthenticationError' });
  const reader = await start(await moto.createUser(['secretsmanager:GetSecretValue']));
  t.equal((await get(reader, 'app/db')).value.expose(), 'second');
  const refused = await fails(t, reader.list({ prefix: '', tags: {}, limit: 1 }, call), 'AccessError/AccessDenied');
  t.match(refused.message, "'secretsmanager:ListSecrets'");
  const sentences = await reader.health(call);
  t.match(sentences.join('\n'), /the identity is 'arn:aws:iam::123456789012:user\//);
  for (const action of ['DescribeSecret', 'ListSecrets', 'BatchGetSecretValue'])
    t.match(sentences.join('\n'), `'secretsmanager:${action}' is not allowed`);
  t.notMatch(sentences.join('\n'), "'secretsmanager:GetSecretValue'");
});

await awsTest('what is missing answers 404 here, 400 at AWS, and is the same to us', async (t) => {
  const { moto, keys, call: callMoto, start } = await startRig(t);
  const provider = await start(keys);
  const body = '{"SecretId":"app/none"}';
  const target = 'secretsmanager.GetSecretValue';
  t.equal((await askAws({ address: moto.address, service: 'secretsmanager', region, keys, target, body })).status, 404);
  await fails(t, get(provider, 'app/none'), 'SecretNotFoundError/SecretDoesNotExist');
  await callMoto('CreateSecret', { Name: 'app/empty' });
  // AWS and ministack say that it is the value that is missing.
  await fails(t, get(provider, 'app/empty'), 'SecretNotFoundError/SecretDoesNotExist');
  await callMoto('CreateSecret', { Name: 'app/gone', SecretString: 'x' });
  await callMoto('DeleteSecret', { SecretId: 'app/gone' });
  await fails(t, get(provider, 'app/gone'), 'SecretNotFoundError/SecretDoesNotExist');
  await fails(t, provider.describe('app/gone', call), 'SecretNotFoundError/SecretDoesNotExist');
});

await awsTest('ARNs, several at once, tags, and a label that was moved by hand', async (t) => {
  const { keys, call: callMoto, start } = await startRig(t);
  const provider = await start(keys);
  const { ARN, VersionIdsToStages } = await callMoto('DescribeSecret', { SecretId: 'app/db' });
  for (const path of [ARN, ARN.slice(0, -7)]) t.equal((await get(provider, path)).metadata.name, 'app/db');
  t.match((await get(provider, 'app/db')).metadata, { arn: ARN, region });
  const ids = ['app/db', 'app/none'];
  const items = await provider.batch?.get(
    ids.map((id) => ({ id, selector: {} })),
    call,
  );
  t.same(
    items?.map((item) => (isSecretsError(item) ? item.code : item.value.expose())),
    ['second', 'SecretDoesNotExist'],
  );
  const list = (tags: Record<string, string>) => provider.list({ prefix: 'app/', tags, limit: 10 }, call);
  t.match((await list({ team: 'shop' })).items, [{ name: 'app/db', tags: { team: 'shop' } }]);
  t.same((await list({ team: 'sho' })).items, []);
  // moto serves the version before, unless the label is sent.
  const versionOf = (label: string) =>
    Object.keys(VersionIdsToStages).find((id) => VersionIdsToStages[id].includes(label));
  const [MoveToVersionId, RemoveFromVersionId] = [versionOf('AWSPREVIOUS'), versionOf('AWSCURRENT')];
  const move = { SecretId: 'app/db', VersionStage: 'AWSCURRENT', MoveToVersionId, RemoveFromVersionId };
  await callMoto('UpdateSecretVersionStage', move);
  t.equal((await get(provider, 'app/db')).value.expose(), 'first');
});
