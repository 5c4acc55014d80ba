import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installNginx } from '../../scripts/install-nginx.ts';
import { startDaemon } from '../e2e/daemon.ts';
import { localConfig, secretsFile } from '../e2e/local-secrets.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';
import { createToolTest } from '../tool-test.ts';
import { runTool, type ToolRun } from './run-tool.ts';

const FOLDER = 'examples/references';
const nginxTest = createToolTest('nginx', installNginx);

await nginxTest('nginx takes the example with its secrets in it, and not without the filters', async (t) => {
  const nginx = await installNginx();
  const directory = await temporaryDirectory(t);
  const daemon = await startDaemon(t, {
    config: localConfig(await secretsFile(t, await readFile(join(FOLDER, 'secrets.yaml'), 'utf8'))),
  });
  const address = daemon.address();
  const env = { KEYFOB_ADDR: address.kind === 'tcp' ? `http://127.0.0.1:${address.port}` : '' };
  const check = async (template: string): Promise<ToolRun> => {
    const [input, output] = [join(directory, 'template'), join(directory, 'nginx.conf')];
    await writeFile(input, template);
    const resolved = await runTool(process.execPath, ['dist/keyfob.js', 'resolve', input, '--output', output], { env });
    if (resolved.code !== 0) return resolved;
    return runTool(nginx, ['-t', '-e', 'stderr', '-p', directory, '-c', output]);
  };
  // Where nginx was built to put its drafts there may be no such folder.
  const drafts = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(directory, name)};`)
    .join(' ');
  const example = await readFile(join(FOLDER, 'nginx.conf'), 'utf8');
  const template = example.replace('http {', `http { ${drafts}`);
  const good = await check(template);
  t.equal(good.code, 0, good.stderr);
  t.match(good.stderr, 'test is successful');
  const bad = await check(template.replaceAll(/\|(?:url|base64)/g, ''));
  t.equal(bad.code, 1);
  t.match(bad.stderr, /\[emerg\]/);
});
