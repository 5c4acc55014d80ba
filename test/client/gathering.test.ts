import { test } from 'tap';
import { AccessError } from '../../src/core/errors/access-error.ts';
import { NetworkError } from '../../src/core/errors/network-error.ts';
import { ProviderError } from '../../src/core/errors/provider-error.ts';
import type { BatchReader, Location } from '../../src/core/provider.ts';
import { SecretNotFoundError } from '../../src/core/errors/secret-not-found-error.ts';
import type { Secret } from '../../src/core/secret.ts';
import type { SecretsError } from '../../src/core/errors/secrets-error.ts';
import type { FakeProvider } from '../fakes/fake-provider.ts';
import { textSecret } from '../fakes/secrets.ts';
import { atOnce, type ClientRig, context, createClientRig, DEADLINE_MS, told } from './client-rig.ts';
import { createPair, down } from './failover-rig.ts';

type Answer = (location: Location) => Secret | SecretsError;

/** Gives the store a call for three secrets at once; it takes no pinned versions. @returns the ids of each call */
function letBatch(provider: FakeProvider, answer: Answer = ({ id }) => textSecret(`batch of ${id}`)): string[][] {
  const batches: string[][] = [];
  const batch: BatchReader = {
    maxSize: 3,
    takes: ({ selector }) => selector.version === undefined,
    get: async (locations) => {
      batches.push(locations.map(({ id }) => id));
      return locations.map(answer);
    },
  };
  Object.assign(provider, { batch });
  return batches;
}

/** What each of the reads came to. */
async function readAll(rig: ClientRig, paths: readonly string[]): Promise<readonly unknown[]> {
  const answers = rig.pipeline.secrets.readAll(
    paths.map((path) => ({ path })),
    { context },
  );
  const outcomes = answers.map((answer) => Promise.resolve(answer).then(told, (error: unknown) => error));
  await rig.clock.advance(DEADLINE_MS);
  return Promise.all(outcomes);
}

test('what one request asks for is asked in as few calls as the store allows', async (t) => {
  const rig = createClientRig();
  const batches = letBatch(rig.provider);
  t.same(
    await readAll(rig, ['a', 'b', 'c', 'd', 'e']),
    ['a', 'b', 'c', 'd', 'e'].map((id) => ['miss', `batch of ${id}`]),
  );
  t.same(batches, [
    ['a', 'b', 'c'],
    ['d', 'e'],
  ]);
  t.equal(rig.provider.calls.length, 0);
  t.same(told(atOnce(rig.read({ path: 'e' }))), ['hit', 'batch of e'], 'and is kept');
  t.same(await rig.samples('secrets_provider_calls_total'), [
    'secrets_provider_calls_total{provider="files",call="batch",status="success"} 2',
  ]);
});

test('a secret that is asked for twice is asked once, one in the cache not at all, one alone by itself', async (t) => {
  const rig = createClientRig();
  const batches = letBatch(rig.provider);
  await rig.read({ path: 'cached' });
  await readAll(rig, ['a', 'a', 'cached', 'b']);
  t.same(batches, [['a', 'b']]);
  rig.provider.calls.length = 0;
  t.same(await readAll(rig, ['a', 'z']), [
    ['hit', 'batch of a'],
    ['miss', 'value of z'],
  ]);
  t.equal(rig.provider.calls.length, 1);
});

test('a store without such a call is asked for each', async (t) => {
  const rig = createClientRig();
  t.same(await readAll(rig, ['a', 'b']), [
    ['miss', 'value of a'],
    ['miss', 'value of b'],
  ]);
  t.equal(rig.provider.calls.length, 2);
});

test('each secret has its own answer: one that is refused or missing is, the others are not', async (t) => {
  const rig = createClientRig();
  await rig.read({ path: 'denied' });
  await rig.clock.advance(300_000);
  rig.provider.calls.length = 0;
  letBatch(rig.provider, ({ id }) => {
    if (id === 'denied') return new AccessError('AccessDenied', 'x');
    if (id === 'missing') return new SecretNotFoundError('SecretDoesNotExist', 'x');
    return textSecret(id);
  });
  t.match(await readAll(rig, ['a', 'denied', 'missing']), [
    ['miss', 'a'],
    { code: 'AccessDenied', details: { provider: 'files' } },
    { code: 'SecretDoesNotExist', details: { provider: 'files' } },
  ]);
  t.equal(rig.cache.stats().entries, 1, 'what was refused is evicted');
  t.equal(rig.provider.calls.length, 0);
});

test('one that failed for the moment is asked again by itself', async (t) => {
  const rig = createClientRig();
  letBatch(rig.provider, ({ id }) => (id === 'b' ? new ProviderError('InternalError', 'x') : textSecret(id)));
  t.same(await readAll(rig, ['a', 'b']), [
    ['miss', 'a'],
    ['miss', 'value of b'],
  ]);
});

test('where the call as a whole is refused, each is asked by itself; where it fails, all fail', async (t) => {
  const refused = createClientRig();
  const answer = (error: Error) => (): never => {
    throw error;
  };
  letBatch(refused.provider, answer(new AccessError('AccessDenied', 'x')));
  t.same(await readAll(refused, ['a', 'b']), [
    ['miss', 'value of a'],
    ['miss', 'value of b'],
  ]);
  const broken = createClientRig();
  const batches = letBatch(broken.provider, answer(new NetworkError('ConnectionFailed', 'x')));
  t.match(await readAll(broken, ['a', 'b']), [{ code: 'ConnectionFailed' }, { code: 'ConnectionFailed' }]);
  t.equal(batches.length, 3, 'after the retries');
  t.equal(broken.provider.calls.length, 0);
});

test('expired values answer after its first failed attempt', async (t) => {
  const rig = createClientRig();
  await readAll(rig, ['a', 'b']);
  await rig.clock.advance(300_000);
  letBatch(rig.provider, () => {
    throw down;
  });
  const startMs = rig.clock.monotonicMs();
  const answers = rig.pipeline.secrets.readAll([{ path: 'a' }, { path: 'b' }], { context });
  t.same((await Promise.all(answers.map(async (answer) => answer))).map(told), [
    ['stale', 'value of a'],
    ['stale', 'value of b'],
  ]);
  t.equal(rig.clock.monotonicMs(), startMs);
  await rig.clock.advance(DEADLINE_MS);
});

test('a source that is not the last has one attempt', async (t) => {
  const rig = createPair();
  const batches = letBatch(rig.provider, () => {
    throw down;
  });
  t.same(await readAll(rig, ['a', 'b']), [
    ['miss', 'second of a'],
    ['miss', 'second of b'],
  ]);
  t.equal(batches.length, 1);
});

test('a refused request in the middle is refused alone', async (t) => {
  const rig = createClientRig();
  letBatch(rig.provider);
  t.match(await readAll(rig, ['a', '../x', 'b']), [
    ['miss', 'batch of a'],
    { code: 'InvalidPath' },
    ['miss', 'batch of b'],
  ]);
});
