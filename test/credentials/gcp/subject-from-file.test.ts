import { test } from 'tap';
import { createFileSubject } from '../../../src/credentials/gcp/subject-from-file.ts';
import { parseFormat } from '../../../src/credentials/gcp/subject-token.ts';
import { GcpWorld } from './gcp-world.ts';

test('read anew each time', async (t) => {
  const world = await GcpWorld.create(t);
  const read = createFileSubject(await world.write('token', 'one'), parseFormat({}));
  t.equal((await read(world.signal)).expose(), 'one');
  await world.write('token', 'two');
  t.equal((await read(world.signal)).expose(), 'two');
  const none = createFileSubject(world.path('none'), parseFormat({}));
  await t.rejects(none(world.signal), {
    code: 'InvalidCredentials',
    message: /the subject token file '.*none' cannot be read/,
  });
});
