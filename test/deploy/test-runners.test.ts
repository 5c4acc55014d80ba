import { cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../scripts/install-once.ts';
import { installTestRunners } from '../../scripts/install-test-runners.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';
import { createToolTest } from '../tool-test.ts';
import { mustRun } from './run-tool.ts';

// The examples of docs/simulation.md, each in a copy and with the runner of its language.
const runnerTest = createToolTest('vitest, pytest or Go', installTestRunners);
const examples = join(root, 'examples/testing');
const KEYFOB = `${process.execPath} ${join(root, 'dist/keyfob.js')}`;

await runnerTest('vitest', async (t) => {
  const { vitest } = await installTestRunners();
  const folder = join(await temporaryDirectory(t), 'vitest');
  await cp(join(examples, 'vitest'), folder, { recursive: true });
  await cp(join(vitest, 'node_modules'), join(folder, 'node_modules'), { recursive: true, verbatimSymlinks: true });
  await symlink(root, join(folder, 'node_modules/keyfob'));
  const args = [join(folder, 'node_modules/vitest/vitest.mjs'), 'run', '--no-color'];
  t.match(await mustRun(process.execPath, args, { cwd: folder }), /Tests +2 passed/);
});

await runnerTest('pytest', async (t) => {
  const { pytest } = await installTestRunners();
  const folder = join(await temporaryDirectory(t), 'pytest');
  await cp(join(examples, 'pytest'), folder, { recursive: true });
  const env = { PYTHONPATH: pytest, KEYFOB };
  t.match(await mustRun('python3', ['-m', 'pytest', '-q', '-p', 'no:cacheprovider'], { cwd: folder, env }), /2 passed/);
});

await runnerTest(
  "Go's testing",
  async (t) => {
    const { go } = await installTestRunners();
    const folder = join(await temporaryDirectory(t), 'go');
    await cp(join(examples, 'go'), folder, { recursive: true });
    const env = { KEYFOB, GOFLAGS: '-mod=mod', GOCACHE: join(folder, 'cache') };
    t.match(await mustRun(go, ['test', '-count=1', '-v', './...'], { cwd: folder, env }), /--- PASS: TestThrottling/);
  },
  180_000,
);
