// What a program does with the package, compiled and run by consumer.test.ts.
import assert from 'node:assert/strict';
import {
  createReferenceResolver,
  createSecretsClient,
  isSecretsError,
  type ProviderConfig,
  SecretNotFoundError,
} from 'keyfob';
import { type MemoryConfig, memoryKind } from './memory-provider.ts';
import type * as specification from './specification.ts';

const [path = ''] = process.argv.slice(2);
const globals = Object.getOwnPropertySymbols(globalThis).length;
const listeners = process.eventNames().length;

// A configuration as the specification has it makes a client as the specification has it.
const files: ProviderConfig = { type: 'local', path };
const config: specification.SecretsConfig = {
  providers: [files],
  defaultProvider: 'local',
  cache: { ttl: 60_000, staleFallback: true },
};
const client: specification.SecretsClient & AsyncDisposable = createSecretsClient(config);
const secret: specification.SecretValue = await client.getSecret('db/creds', { provider: 'local' });
assert.equal(JSON.parse(secret.value).user, 'app');
assert.ok(secret.createdAt instanceof Date);
assert.equal(await client.getSecretKey('db/creds', 'user'), 'app');
assert.deepEqual(
  (await client.listSecrets('db/')).map(({ name, tags }) => [name, tags]),
  [['db/creds', {}]],
);
assert.equal((await client.describeSecret('db/creds')).name, 'db/creds');
const text = 'user={{secret:db/creds#user}}';
assert.equal(await client.resolveReferences(text), 'user=app');
const resolver: specification.ReferenceResolver = createReferenceResolver(client);
assert.equal(await resolver.resolve(text), 'user=app');
assert.deepEqual(resolver.extractReferences(text), [
  { fullMatch: '{{secret:db/creds#user}}', path: 'db/creds', key: 'user' },
]);
assert.deepEqual([resolver.hasReferences(text), resolver.hasReferences('plain')], [true, false]);
client.invalidateCache('db/creds');
client.invalidateCachePrefix('db/');

// Errors are told apart by class or by code.
const failure: unknown = await client.getSecret('none').catch((error: unknown) => error);
assert.ok(failure instanceof SecretNotFoundError && failure.code === 'SecretDoesNotExist');
assert.ok(isSecretsError(await client.rotateSecret('db/creds').catch((error: unknown) => error)));
await client[Symbol.asyncDispose]();

// A store of one's own goes in beside those that come with the package.
{
  const memory: MemoryConfig = { type: 'memory', secrets: { 'a/b': 'in memory' } };
  await using own = createSecretsClient<MemoryConfig>(
    { providers: [files, memory], defaultProvider: 'local', pathMappings: [{ pattern: 'a/**', provider: 'memory' }] },
    { kinds: [memoryKind] },
  );
  assert.equal((await own.getSecret('a/b')).value, 'in memory');
  assert.equal((await own.listSecrets('a/'))[0]?.path, 'a/b');
  assert.throws(
    () =>
      createSecretsClient<MemoryConfig>(
        { providers: [{ type: 'memory', secrets: {}, ...{ secret: {} } }] },
        { kinds: [memoryKind] },
      ),
    /did you mean 'providers\[0\].secrets'/,
  );
}

// @ts-expect-error The types know the keys of each store, and so does the client.
const misspelt: ProviderConfig = { type: 'vault', adress: 'https://vault', auth: { method: 'cert' } };
assert.throws(() => createSecretsClient({ providers: [misspelt] }), /did you mean 'providers\[0\].address'/);

assert.equal(Object.getOwnPropertySymbols(globalThis).length, globals, 'nothing was put under the program');
assert.equal(process.eventNames().length, listeners);
console.log('everything holds');

// Left open on purpose: a client keeps no program from ending.
await createSecretsClient({ providers: [files] }).ready();
