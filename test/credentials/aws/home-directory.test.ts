import { homedir } from 'node:os';
import { test } from 'tap';
import { homeDirectory } from '../../../src/credentials/aws/home-directory.ts';

void test('the home is the one of the user, or / for a user who has none', async (t) => {
  t.equal(homeDirectory(), homedir());
  const none = (): string => {
    throw new Error('uv_os_homedir returned ENOENT');
  };
  t.equal(homeDirectory(none), '/');
});
