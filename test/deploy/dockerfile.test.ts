import { readFile } from 'node:fs/promises';
import { test } from 'tap';
import { installDeployTools } from '../../scripts/install-deploy-tools.ts';
import { deployTest } from './deploy-test.ts';
import { runTool } from './run-tool.ts';

const dockerfile = await readFile('Dockerfile', 'utf8');
const argument = (name: string): string | undefined => new RegExp(`^ARG ${name}=(.*)$`, 'm').exec(dockerfile)?.[1];

await deployTest('the Dockerfile passes hadolint, which finds what is wrong with another', async (t) => {
  const { hadolint } = await installDeployTools();
  const { code, stdout } = await runTool(hadolint, ['Dockerfile']);
  t.equal(stdout, '');
  t.equal(code, 0);
  const bad = await runTool(hadolint, ['-'], { input: dockerfile.replace('# hadolint ignore=DL3008', '') });
  t.match(bad.stdout, 'DL3008');
  t.equal(bad.code, 1);
});

void test('the Dockerfile is of the version of the package, and of the Node.js that the tests run on', async (t) => {
  const { version }: { version: string } = JSON.parse(await readFile('package.json', 'utf8'));
  const node: { version: string } = JSON.parse(await readFile('tools/node/package.json', 'utf8'));
  t.equal(argument('VERSION'), version);
  t.match(argument('NODE_IMAGE'), `/node:${node.version}-`);
});

void test('both base images are arguments, so that a release pins them by digest', async (t) => {
  const froms = [...dockerfile.matchAll(/^FROM (?:--platform=\S+ )?(\S+)/gm)].map(([, image]) => image);
  t.strictSame(froms, [`\${NODE_IMAGE}`, `\${NODE_IMAGE}`, `\${RUNTIME_IMAGE}`]);
});
