import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join, resolve } from 'node:path';
import t, { test } from 'tap';
import { mustRun } from '../deploy/run-tool.ts';
import { secretsFile } from '../e2e/local-secrets.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';

const root = resolve(import.meta.dirname, '../..');
const project = join(import.meta.dirname, 'project');

/** A copy of the project with the packed tarball installed, without a network. */
async function installConsumer(): Promise<string> {
  const cwd = join(await temporaryDirectory(t), 'consumer');
  await cp(project, cwd, { recursive: true });
  // The scripts would build anew what other tests run at this moment.
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', cwd];
  const [{ filename }] = JSON.parse(await mustRun('npm', pack, { cwd: root }));
  await mustRun('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${filename}`], { cwd });
  await mkdir(join(cwd, 'node_modules/@types'));
  for (const name of ['@types/node', 'undici-types'])
    await symlink(join(root, 'node_modules', name), join(cwd, 'node_modules', name));
  return cwd;
}

const folder = await installConsumer();
const run = (program: string, ...args: readonly string[]): Promise<string> => mustRun(program, args, { cwd: folder });

test('a program installs the tarball, compiles under strict settings and runs', async (t) => {
  t.same(
    (await readdir(join(folder, 'node_modules'))).filter((name) => !name.startsWith('.')).sort(),
    ['@types', 'keyfob', 'undici-types'],
    'it brings no other package',
  );
  const secrets = await secretsFile(t, 'db/creds: { user: app, password: "s3cret" }\n');
  for (const compiler of ['typescript', 'typescript-5.9']) {
    const tsc = join(root, 'node_modules', compiler, 'bin/tsc');
    t.match(await run(process.execPath, tsc, '--version'), compiler === 'typescript' ? '7.' : '5.9.');
    await run(process.execPath, tsc, '-p', '.', '--outDir', compiler);
    t.equal(await run(process.execPath, join(compiler, 'main.js'), secrets), 'everything holds\n');
  }
});

test('the package holds what it promises, and nothing that belongs here alone', async (t) => {
  const installed = join(folder, 'node_modules/keyfob');
  const { dependencies, exports, bin } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  t.equal(dependencies, undefined);
  t.match(await run('npx', '--offline', 'keyfob', '--version'), /\d+\.\d+\.\d+/);
  for (const file of [bin.keyfob, exports['./openapi.yaml'], exports['.'].types, exports['.'].default])
    t.ok((await readFile(join(installed, file), 'utf8')).length > 0, file);
  const packed = await readdir(installed, { recursive: true });
  t.notOk(packed.some((file) => /\.map$|^(src|test|node_modules)\b/.test(file)));
  const bundle = await readFile(join(installed, 'dist/index.js'), 'utf8');
  const imported = [...bundle.matchAll(/^import .* from "([^"]+)";$/gm)].map(([, name = '']) => name);
  t.ok(imported.length > 10);
  t.same(
    imported.filter((name) => !builtinModules.includes(name.replace(/^node:/, ''))),
    [],
  );
});

test('a CommonJS program requires it', async (t) => {
  const program = "const { createSecretsClient } = require('keyfob'); console.log(typeof createSecretsClient)";
  await writeFile(join(folder, 'program.cjs'), program);
  t.equal(await run(process.execPath, 'program.cjs'), 'function\n');
});

test('a read that waits keeps the program alive until it is answered', async (t) => {
  const program = `
    import { createSecretsClient } from 'keyfob';
    const auth = { method: 'token', token: { env: 'HOME' } };
    const client = createSecretsClient({
      providers: [{ type: 'vault', address: 'http://127.0.0.1:9', auth }],
      deadline: 500,
    });
    console.log(await client.getSecret('a').catch(({ category }) => category));`;
  await writeFile(join(folder, 'waits.mjs'), program);
  t.match(await run(process.execPath, 'waits.mjs'), /^(Network|Provider)Error\n$/);
});
