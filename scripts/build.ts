// Bundles the daemon into one file, dist/keyfob.js, with its source map; the contract goes in as parsed JSON.
import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { parse } from 'yaml';

const contract: unknown = parse(await readFile('openapi.yaml', 'utf8'));
const { version }: { version: string } = JSON.parse(await readFile('package.json', 'utf8'));

// Some dependencies are CommonJS and call `require` of Node's own modules. An older Node is told of before it fails
// somewhere in them.
const banner = `#!/usr/bin/env node
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
if (Number.parseInt(process.versions.node, 10) < 24) {
  console.error(\`keyfob: needs Node.js 24 or newer, and this is \${process.version}\`);
  process.exit(2);
}`;

await build({
  entryPoints: ['src/main.ts'],
  outfile: 'dist/keyfob.js',
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  sourcemap: true,
  legalComments: 'none',
  define: { KEYFOB_CONTRACT: JSON.stringify(contract), KEYFOB_VERSION: JSON.stringify(version) },
  banner: { js: banner },
});
