import { join } from 'node:path';
import { installGo } from '../../scripts/install-go.ts';
import { installJava } from '../../scripts/install-java.ts';
import { mustInstall } from '../../scripts/install-once.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';
import { checkReader } from '../examples/reader.ts';
import { createToolTest } from '../tool-test.ts';
import { mustRun } from './run-tool.ts';

const TIMEOUT_MS = 300_000;

const curlTest = createToolTest('curl', () => mustInstall("'curl'", ['curl', '--version']));
const pythonTest = createToolTest('Python', () => mustInstall("'python3'", ['python3', '--version']));
const goTest = createToolTest('Go', installGo);
const javaTest = createToolTest('JDK', installJava);

await curlTest(
  'the shell reader follows a secret',
  (t) => checkReader(t, ['sh', 'examples/read/sh/read.sh']),
  TIMEOUT_MS,
);

await pythonTest(
  'the Python reader follows a secret',
  (t) => checkReader(t, ['python3', 'examples/read/python/read.py']),
  TIMEOUT_MS,
);

await goTest(
  'the Go reader follows a secret',
  async (t) => {
    const go = await installGo();
    const program = join(await temporaryDirectory(t), 'reader');
    const options = { cwd: 'examples/read/go', env: { GOTOOLCHAIN: 'local' } };
    await mustRun(go, ['vet', '.'], options);
    await mustRun(go, ['build', '-o', program, '.'], options);
    await checkReader(t, [program]);
  },
  TIMEOUT_MS,
);

await javaTest(
  'the Java reader follows a secret',
  async (t) => checkReader(t, [await installJava(), 'examples/read/java/Read.java']),
  TIMEOUT_MS,
);
