import { test } from 'tap';
import { hasMetadataServer } from '../../../src/credentials/gcp/metadata-detection.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { GcpWorld } from './gcp-world.ts';

test('a ping that hangs ends after 3 s', async (t) => {
  const clock = new FakeClock();
  const world = await GcpWorld.create(t, { clock });
  world.metadata.faults.push('hang');
  let found: boolean | undefined;
  const detection = hasMetadataServer(world.tools, world.signal).then((result) => (found = result));
  while (world.metadataServer.requests.length === 0) await clock.advance(0);
  await clock.advance(2_999);
  t.equal(found, undefined);
  await clock.advance(1);
  t.equal(await detection, false);
});

test('an answer that is none, and a caller that leaves', async (t) => {
  const world = await GcpWorld.create(t);
  world.metadata.faults.push({ status: 500, body: '' });
  t.equal(await hasMetadataServer(world.tools, world.signal), false);
  await t.rejects(hasMetadataServer(world.tools, AbortSignal.abort()));
});

test('nobody is asked on a machine of Google', async (t) => {
  const world = await GcpWorld.create(t, { isGoogleHost: async () => true });
  t.equal(await hasMetadataServer(world.tools, world.signal), true);
  t.equal(world.metadataServer.requests.length, 0);
});
