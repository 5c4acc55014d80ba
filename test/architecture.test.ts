import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Test, test } from 'tap';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const oxlint = join(root, 'node_modules', 'oxlint', 'bin', 'oxlint');

/** A copy of the sources and of the linter's rules, outside the checkout, so that nobody else meets what is planted. */
async function copySources(t: Test): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'kf-architecture-'));
  t.teardown(() => rm(copy, { recursive: true, force: true }));
  for (const name of ['src', '.oxlintrc.json', 'package.json', 'tsconfig.json'])
    await cp(join(root, name), join(copy, name), { recursive: true });
  return copy;
}

/** What the linter complains of, as `file: rule`. */
function lint(cwd: string): Promise<readonly string[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
  // Without what tap adds to every Node process: the linter's launcher cannot be loaded that way.
  const command = ['-c', 'unset NODE_OPTIONS; exec "$@"', 'sh', process.execPath, oxlint];
  execFile('/bin/sh', [...command, '--deny-warnings', '--format=unix', 'src'], { cwd }, (error, stdout, stderr) => {
    const found = [...stdout.matchAll(/^(\S+?):\d+:\d+: .* \[Error\/(.+?)\]$/gm)];
    // Exit 1 with findings, 0 without; anything else means that nothing was looked at.
    if (error === null ? found.length > 0 : error.code !== 1 || found.length === 0) {
      reject(new Error(`oxlint said: ${stdout}${stderr}`));
    } else {
      resolve(found.map(([, file, rule]) => `${file?.replaceAll('\\', '/')}: ${rule}`));
    }
  });
  return promise;
}

const LAYERING = 'eslint(no-restricted-imports)';
const CYCLE = 'import(no-cycle)';

/** Imports that point the wrong way: where from, and what. */
const violations = [
  ['src/core', '../http/guards.ts'],
  ['src/core', '../transport/endpoint.ts'],
  ['src/core/errors', '../../cache/cache-key.ts'],
  ['src/transport', '../providers/registry.ts'],
  ['src/config', '../providers/registry.ts'],
  ['src/cache', '../resilience/retry.ts'],
  ['src/resilience', '../cache/cache-key.ts'],
  ['src/access', '../client/router.ts'],
  ['src/audit', '../observability/logger.ts'],
  ['src/observability', '../audit/audit-log.ts'],
  ['src/providers/vault', '../local/provider.ts'],
  ['src/providers/local', '../vault/provider.ts'],
  ['src/providers/local', '../../cache/cache-key.ts'],
  ['src/providers/local', '../../http/guards.ts'],
  ['src/tracing', '../observability/logger.ts'],
  ['src/client', '../tracing/load-tracing.ts'],
  ['src/http', '../tracing/load-tracing.ts'],
  ['src/simulation', '../providers/local/local-store.ts'],
  ['src/simulation/mock', '../../cache/cache-key.ts'],
  ['src/simulation/faults', '../../resilience/retry.ts'],
  ['src/client', '../http/guards.ts'],
  ['src/client', '../providers/local/provider.ts'],
  ['src/resolver', '../http/guards.ts'],
  ['src/http', '../providers/local/provider.ts'],
  ['src/http/operations', '../../providers/registry.ts'],
  ['src/http', '../compose.ts'],
  ['src/cli', '../main.ts'],
  ['src/library', '../http/guards.ts'],
  ['src/library', '../providers/local/provider.ts'],
  ['src/client', '../library/to-metadata.ts'],
  ['src/resolver', '../library/to-metadata.ts'],
  ['src/http', '../library/to-metadata.ts'],
] as const;

test('the sources keep to the direction of imports', async (t) => {
  t.same(await lint(await copySources(t)), []);
});

test('every import that points the wrong way is found', async (t) => {
  const copy = await copySources(t);
  const planted = violations.map(([folder, imported], index) => ({ file: `${folder}/planted-${index}.ts`, imported }));
  for (const { file, imported } of planted)
    await writeFile(join(copy, file), `import * as other from '${imported}';\n\nexport const planted = other;\n`);
  const found = await lint(copy);
  for (const { file, imported } of planted) t.ok(found.includes(`${file}: ${LAYERING}`), `${file} imports ${imported}`);
  t.equal(found.length, planted.length, 'and nothing else is');
});

test('a cycle is found', async (t) => {
  const copy = await copySources(t);
  for (const [here, there] of [
    ['one', 'two'],
    ['two', 'one'],
  ] as const)
    await writeFile(
      join(copy, `src/core/planted-${here}.ts`),
      `import { ${there} } from './planted-${there}.ts';\n\nexport const ${here} = (): unknown => ${there};\n`,
    );
  t.same([...(await lint(copy))].sort(), [`src/core/planted-one.ts: ${CYCLE}`, `src/core/planted-two.ts: ${CYCLE}`]);
});
