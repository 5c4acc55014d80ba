import { readFile } from 'node:fs/promises';
import type { BuildOptions } from 'esbuild';
import { parse } from 'yaml';

/** What the bundles have in common: one file that needs no other package. */
export const bundleOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  legalComments: 'none',
  metafile: true,
} as const satisfies BuildOptions;

/** Some dependencies are CommonJS and call `require` of Node's own modules. */
export const requireBanner = `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);`;

/** What is put into a bundle that has the daemon in it: the contract as parsed JSON, and the version. */
export async function daemonConstants(): Promise<Record<string, string>> {
  const contract: unknown = parse(await readFile('openapi.yaml', 'utf8'));
  const { version }: { version: string } = JSON.parse(await readFile('package.json', 'utf8'));
  return { KEYFOB_CONTRACT: JSON.stringify(contract), KEYFOB_VERSION: JSON.stringify(version) };
}
