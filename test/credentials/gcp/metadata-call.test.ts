import { test } from 'tap';
import { callMetadata } from '../../../src/credentials/gcp/metadata-call.ts';
import { GcpWorld } from './gcp-world.ts';

test('the flavour is shown, and wanted', async (t) => {
  const world = await GcpWorld.create(t);
  t.equal((await callMetadata('instance', world.tools, world.signal)).status, 200);
  world.metadata.isImpostor = true;
  await t.rejects(callMetadata('instance', world.tools, world.signal), {
    code: 'ProviderUnavailable',
    message: "what answers at the metadata server's address is something else",
  });
});

test('no redirect is followed', async (t) => {
  const world = await GcpWorld.create(t);
  world.metadata.faults.push({ status: 302, body: '', headers: { Location: `${world.oauthServer.origin}/x` } });
  t.equal((await callMetadata('instance', world.tools, world.signal)).status, 302);
  t.equal(world.oauthServer.requests.length, 0);
});
