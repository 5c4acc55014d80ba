import { join } from 'node:path';
import { test } from 'tap';
import { readCallerToken } from '../../src/cli/caller-token.ts';

test('the variable counts before the file, and nothing is no token', async (t) => {
  const directory = t.testdir({ token: 'from-file\n' });
  const file = join(directory, 'token');
  t.equal(await readCallerToken({}), undefined);
  t.equal(await readCallerToken({ KEYFOB_TOKEN: '', KEYFOB_TOKEN_FILE: '' }), undefined);
  t.equal((await readCallerToken({ KEYFOB_TOKEN_FILE: file }))?.expose(), 'from-file');
  t.equal((await readCallerToken({ KEYFOB_TOKEN: 'direct', KEYFOB_TOKEN_FILE: file }))?.expose(), 'direct');
});

test('of a file with several tokens the first is sent', async (t) => {
  const directory = t.testdir({ token: 'new\r\nold\n' });
  t.equal((await readCallerToken({ KEYFOB_TOKEN_FILE: join(directory, 'token') }))?.expose(), 'new');
});

test('what no header can hold, and what cannot be read, is refused without being shown', async (t) => {
  const directory = t.testdir({ empty: '\n' });
  const wrong = { code: 'InvalidCredentials' };
  await t.rejects(readCallerToken({ KEYFOB_TOKEN: 'to ken' }), {
    ...wrong,
    message: "'KEYFOB_TOKEN' holds no valid token",
  });
  await t.rejects(readCallerToken({ KEYFOB_TOKEN: 'tökén' }), wrong);
  await t.rejects(readCallerToken({ KEYFOB_TOKEN_FILE: join(directory, 'none') }), wrong);
  await t.rejects(readCallerToken({ KEYFOB_TOKEN_FILE: join(directory, 'empty') }), wrong);
});
