import { test } from 'tap';
import { ConfigurationError } from '../../src/core/errors/configuration-error.ts';
import { AuthenticationError } from '../../src/core/errors/authentication-error.ts';
import { textSecret } from '../fakes/secrets.ts';
import { createLibraryRig } from './library-rig.ts';

test('a read waits for the start, and ready for what is required', async (t) => {
  const started = Promise.withResolvers<void>();
  const preload = [{ path: 'a', required: true }];
  const { client, clock, provider } = createLibraryRig(t, { preload }, (each) => {
    each.start = () => started.promise;
    each.failWith(new AuthenticationError('InvalidCredentials', 'who?'));
  });
  const states: string[] = [];
  const read = client.getSecret('c').catch(() => states.push('read'));
  const ready = client.ready().then(() => states.push('ready'));
  await clock.advance(60_000);
  t.same([states, provider.calls], [[], []]);
  started.resolve();
  await clock.advance(60_000);
  await read;
  t.same(states, ['read']);
  provider.onGet = () => textSecret('x');
  await clock.advance(120_000);
  await ready;
  t.equal((await client.getSecret('a')).value, 'x');
});

test('what cannot start says so to everyone who asks, and to the log', async (t) => {
  const failure = new ConfigurationError('MissingEndpoint', 'it can never work');
  const { client, log } = createLibraryRig(t, {}, (provider) => (provider.start = () => Promise.reject(failure)));
  await t.rejects(client.getSecret('a'), failure);
  await t.rejects(client.ready(), failure);
  t.match(log.lines, [{ level: 'error', message: 'the client cannot start' }]);
  t.doesNotThrow(() => client.invalidateCache('a'));
  await client.close();
});

test('closing ends the providers once; afterwards everything is refused', async (t) => {
  const { client, provider } = createLibraryRig(t, { preload: [{ path: 'never', required: true }] });
  let closed = 0;
  provider.close = async () => void closed++;
  provider.hang();
  const waiting = t.rejects(client.ready(), TypeError);
  await Promise.all([client.close(), client.close()]);
  await client[Symbol.asyncDispose]();
  await waiting;
  t.equal(closed, 1);
  const refused = { name: 'TypeError', message: 'the client has been closed' };
  const calls: readonly Promise<unknown>[] = [client.getSecret('a'), client.listSecrets(''), client.ready()];
  for (const call of calls) await t.rejects(call, refused);
  t.doesNotThrow(() => client.invalidateCache('a'));
});

test('a client that is forgotten before it has started has forgotten when it has', async (t) => {
  const { client, provider } = createLibraryRig(t);
  client.invalidateCachePrefix('');
  await client.getSecret('a');
  await client.getSecret('a');
  t.equal(provider.calls.length, 1);
});
