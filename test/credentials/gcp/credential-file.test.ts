import { inspect } from 'node:util';
import { test } from 'tap';
import { readCredentialFile } from '../../../src/credentials/gcp/credential-file.ts';
import { GcpWorld } from './gcp-world.ts';

test('members', async (t) => {
  const world = await GcpWorld.create(t);
  const path = await world.write('x.json', { type: 'a', b: 'c', d: {}, quota_project_id: 'q', e: { type: 'f' } });
  const file = await readCredentialFile(path, 'here', world.tools);
  t.same(
    [file.type, file.required('b'), file.optional('z'), file.common],
    ['a', 'c', undefined, { quotaProject: 'q' }],
  );
  t.equal(file.nested('e').type, 'f');
  t.throws(() => file.required('z'), { message: "the credential file of here has no 'z'" });
  t.throws(() => file.nested('b'), { message: "the credential file of here has no 'b'" });
});

test('files that are none', async (t) => {
  const world = await GcpWorld.create(t);
  const read = (path: string) => readCredentialFile(path, 'here', world.tools);
  await t.rejects(read(world.path('none')), { code: 'InvalidCredentials', message: /of here cannot be read$/ });
  await t.rejects(read(world.folder), { message: /cannot be read$/ });
  for (const content of ['canary', '', '[]', '"canary"', '{"canary":']) {
    const error: unknown = await read(await world.write('x.json', content)).catch((failure: unknown) => failure);
    t.match(error, { message: /is not a JSON object$/ });
    t.notMatch(inspect(error), 'canary', 'nothing of it shows');
  }
});

test('another universe', async (t) => {
  const world = await GcpWorld.create(t);
  const path = await world.write('x.json', { universe_domain: 'cloud.example' });
  await t.rejects(readCredentialFile(path, 'here', world.tools), {
    message: /of the universe 'cloud.example' and not of 'googleapis.com': see 'universeDomain'/,
  });
  t.ok(await readCredentialFile(path, 'here', { ...world.tools, universeDomain: 'cloud.example' }));
});
