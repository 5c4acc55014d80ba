// Bundles the daemon into one file, dist/keyfob.js, with its source map; the contract goes in as parsed JSON. Beside it
// the licences of what is in it.
import { readFile, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { bundleOptions, requireBanner } from './bundle-options.ts';
import { thirdPartyNotices } from './third-party-notices.ts';

const contract: unknown = parse(await readFile('openapi.yaml', 'utf8'));
const { version }: { version: string } = JSON.parse(await readFile('package.json', 'utf8'));

// An older Node is told of before it fails somewhere in the dependencies.
const banner = `#!/usr/bin/env node
${requireBanner}
if (Number.parseInt(process.versions.node, 10) < 24) {
  console.error(\`keyfob: needs Node.js 24 or newer, and this is \${process.version}\`);
  process.exit(2);
}`;

const { metafile } = await build({
  ...bundleOptions,
  entryPoints: ['src/main.ts'],
  outfile: 'dist/keyfob.js',
  sourcemap: true,
  define: { KEYFOB_CONTRACT: JSON.stringify(contract), KEYFOB_VERSION: JSON.stringify(version) },
  banner: { js: banner },
});
await writeFile('dist/THIRD-PARTY-NOTICES.txt', await thirdPartyNotices(Object.keys(metafile.inputs)));
