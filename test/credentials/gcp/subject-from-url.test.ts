import { test } from 'tap';
import { isSecretsError } from '../../../src/core/errors/secrets-error.ts';
import { createUrlSubject } from '../../../src/credentials/gcp/subject-from-url.ts';
import { parseFormat } from '../../../src/credentials/gcp/subject-token.ts';
import { createHttpClient } from '../../../src/transport/http-client.ts';
import { startFakeServer } from '../../fakes/fake-gcp-server.ts';
import { GcpWorld } from './gcp-world.ts';

const format = parseFormat({});

test('the headers are sent and the text is trimmed', async (t) => {
  const world = await GcpWorld.create(t);
  const server = await startFakeServer(({ headers }) => ({ status: 200, body: ` ${String(headers['metadata'])}\n` }));
  t.teardown(() => server.close());
  const read = createUrlSubject(
    { address: `${server.origin}/x?y=1`, headers: { Metadata: 'true' }, format },
    world.tools,
  );
  t.equal((await read(world.signal)).expose(), 'true');
});

test('answers that are no token', async (t) => {
  const world = await GcpWorld.create(t);
  for (const [status, code] of [
    [500, 'ProviderUnavailable'],
    [429, 'ProviderUnavailable'],
    [403, 'InvalidCredentials'],
    [302, 'InvalidCredentials'],
  ] as const) {
    const server = await startFakeServer(() => ({ status, body: 'no' }));
    t.teardown(() => server.close());
    const read = createUrlSubject({ address: server.origin, headers: {}, format }, world.tools);
    await t.rejects(read(world.signal), { code });
  }
});

test('plain http stays near', async (t) => {
  const { tools } = await GcpWorld.create(t);
  const make = (address: string, insecure: boolean) => {
    try {
      createUrlSubject({ address, headers: {}, format }, { ...tools, insecure });
      return 'taken';
    } catch (error) {
      return isSecretsError(error) ? error.code : 'another';
    }
  };
  t.equal(make('http://far.example/token', false), 'InvalidCredentials');
  t.equal(make('http://far.example/token', true), 'taken');
  t.equal(make('https://far.example/token', false), 'taken');
  t.equal(make('http://169.254.169.254/metadata/identity', false), 'taken');
  t.equal(make('http://[fe80::1]/token', false), 'taken');
  t.equal(make('http://127.0.0.1/token', false), 'taken');
  t.equal(make('file:///etc/passwd', true), 'InvalidCredentials');
  t.equal(make('nonsense', true), 'InvalidCredentials');
});

test('what is near is asked past any proxy', async (t) => {
  const world = await GcpWorld.create(t);
  const server = await startFakeServer(() => ({ status: 200, body: 'token' }));
  const closed = createHttpClient({ maxResponseBytes: 1 });
  await closed.close();
  t.teardown(() => server.close());
  const read = createUrlSubject({ address: server.origin, headers: {}, format }, { ...world.tools, http: closed });
  t.equal((await read(world.signal)).expose(), 'token');
});
