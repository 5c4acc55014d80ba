import { dirname, join } from 'node:path';
import { installPythonGenerator } from '../../scripts/install-client-generators.ts';
import { installGo } from '../../scripts/install-go.ts';
import { copyExample, expected, startExampleDaemon } from '../examples/example.ts';
import { createToolTest } from '../tool-test.ts';
import { mustRun } from './run-tool.ts';

const TIMEOUT_MS = 300_000;

const pythonTest = createToolTest('Python or openapi-python-client', installPythonGenerator);
const goTest = createToolTest('Go', installGo);

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
    const go = await installGo();
    // The generator is run by `go` itself, as `go tool`.
    const path = `${dirname(go)}:${process.env['PATH'] ?? ''}`;
    const env = { GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly', PATH: path };
    await mustRun(go, ['generate', './...'], { cwd: folder, env });
    await mustRun(go, ['vet', '.'], { cwd: folder, env });
    await mustRun(go, ['build', '-o', 'example', '.'], { cwd: folder, env });
    for (const address of await startExampleDaemon(t))
      t.match(await mustRun(join(folder, 'example'), [], { env: { KEYFOB_ADDR: address } }), expected);
  },
  TIMEOUT_MS,
);
