import { join } from 'node:path';
import { findGo, installPythonGenerator } from '../../scripts/install-client-generators.ts';
import { copyExample, expected, startExampleDaemon } from '../examples/example.ts';
import { createToolTest } from '../tool-test.ts';
import { mustRun } from './run-tool.ts';

const TIMEOUT_MS = 300_000;

const pythonTest = createToolTest('Python or openapi-python-client', installPythonGenerator);
const goTest = createToolTest('Go', findGo);

await pythonTest(
  'the Python example is made from the contract and reads',
  async (t) => {
    const folder = await copyExample(t, 'python');
    const python = await installPythonGenerator();
    const env = { PYTHONPATH: python, PATH: `${join(python, 'bin')}:${process.env['PATH'] ?? ''}` };
    await mustRun('sh', ['generate.sh'], { cwd: folder, env });
    for (const address of await startExampleDaemon(t))
      t.match(await mustRun('python3', ['main.py'], { cwd: folder, env: { ...env, KEYFOB_ADDR: address } }), expected);
  },
  TIMEOUT_MS,
);

await goTest(
  'the Go example is made from the contract, compiles and reads',
  async (t) => {
    const folder = await copyExample(t, 'go');
    const env = { GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly' };
    await mustRun('go', ['generate', './...'], { cwd: folder, env });
    await mustRun('go', ['vet', '.'], { cwd: folder, env });
    await mustRun('go', ['build', '-o', 'example', '.'], { cwd: folder, env });
    for (const address of await startExampleDaemon(t))
      t.match(await mustRun(join(folder, 'example'), [], { env: { KEYFOB_ADDR: address } }), expected);
  },
  TIMEOUT_MS,
);
