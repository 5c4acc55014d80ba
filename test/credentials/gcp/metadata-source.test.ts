import { test } from 'tap';
import { createMetadataSource } from '../../../src/credentials/gcp/metadata-source.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { GcpWorld, MACHINE } from './gcp-world.ts';

/** Moves the clock, while real sockets talk, until the work has ended in whatever way. */
async function advanceUntil(clock: FakeClock, work: Promise<unknown>): Promise<void> {
  const state = { isDone: false };
  void work
    .catch(() => undefined)
    .finally(() => {
      state.isDone = true;
    });
  while (!state.isDone) await clock.advance(250);
}

test('the account of the machine', async (t) => {
  const world = await GcpWorld.create(t);
  const answer = await createMetadataSource(world.tools).token(world.signal);
  t.same(world.authority.bearer(answer.token.expose()), { email: MACHINE });
  t.equal(answer.account, MACHINE);
  t.equal(answer.lifetimeMs, 3_599_000);
  const [request] = world.metadataServer.requests;
  t.equal(request?.headers['metadata-flavor'], 'Google');
  t.equal(request?.query.get('scopes'), 'https://www.googleapis.com/auth/cloud-platform');
});

test('it is asked again while it starts', async (t) => {
  const clock = new FakeClock();
  const world = await GcpWorld.create(t, { clock });
  world.metadata.faults.push({ status: 503, body: '' }, 'cut', { status: 429, body: '' }, { status: 500, body: 'x' });
  const token = createMetadataSource(world.tools).token(world.signal);
  await advanceUntil(clock, token);
  t.same(world.authority.bearer((await token).token.expose()), { email: MACHINE });
  t.equal(world.metadataServer.requests.length, 6, 'five times for the token, once for the account');
});

test('not for ever', async (t) => {
  const clock = new FakeClock();
  const world = await GcpWorld.create(t, { clock });
  world.metadata.faults.push(...Array.from({ length: 6 }, () => ({ status: 503, body: '' })));
  const token = createMetadataSource(world.tools).token(world.signal);
  await advanceUntil(clock, token);
  await t.rejects(token, { code: 'ProviderUnavailable', message: 'the metadata server answered with status 503' });
});

test('refusals are told at once', async (t) => {
  const world = await GcpWorld.create(t);
  const token = () => createMetadataSource(world.tools).token(world.signal);
  world.metadata.faults.push({ status: 403, body: 'no' });
  await t.rejects(token(), { code: 'InsufficientPermissions', message: /lacks the scope 'cloud-platform'/ });
  world.metadata.account = undefined;
  await t.rejects(token(), { code: 'InvalidCredentials', message: /has no service account for us/ });
  t.equal(world.metadataServer.requests.length, 2);
});

test('an account that is not told is no failure', async (t) => {
  const world = await GcpWorld.create(t);
  const token = { status: 200, body: { access_token: 'x', expires_in: 60 } };
  for (const answer of ['cut', { status: 500, body: 'x' }, { status: 404, body: 'x' }] as const) {
    world.metadata.faults.push(token, answer);
    const found = await createMetadataSource(world.tools).token(world.signal);
    t.same([found.token.expose(), found.account], ['x', undefined]);
  }
});
