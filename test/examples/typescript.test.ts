import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { mustRun } from '../deploy/run-tool.ts';
import { copyExample, expected, root, startExampleDaemon } from './example.ts';

test('the TypeScript example is made from the contract, compiles and reads', async (t) => {
  const folder = await copyExample(t, 'typescript');
  // Its packages were installed with ours.
  await symlink(join(root, 'examples/typescript/node_modules'), join(folder, 'node_modules'));
  await symlink(join(root, 'node_modules'), join(folder, '../../node_modules'));
  await mustRun('npm', ['run', 'generate'], { cwd: folder });
  await mustRun('npm', ['run', 'check'], { cwd: folder });
  await mustRun(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'], { cwd: folder });
  for (const address of await startExampleDaemon(t))
    t.match(await mustRun('npm', ['start', '--silent'], { cwd: folder, env: { KEYFOB_ADDR: address } }), expected);
});
