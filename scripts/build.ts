// Bundles the daemon into one file, dist/keyfob.js, with its source map; the contract goes in as parsed JSON. Beside it
// the licences of what is in it, and its bill of materials.
import { readFile, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { billOfMaterials } from './bill-of-materials.ts';
import { bundleOptions, daemonConstants, requireBanner } from './bundle-options.ts';
import { bundledPackages } from './bundled-packages.ts';
import { builtinModules } from './builtin-modules.ts';
import { compileSchemas } from './compiled-schemas.ts';
import { thirdPartyNotices } from './third-party-notices.ts';

const { name, version, license }: { name: string; version: string; license: string } = JSON.parse(
  await readFile('package.json', 'utf8'),
);

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
  // Node keeps the source in memory, and V8 what it makes of it. The map beside it tells what a stack trace means.
  minify: true,
  define: await daemonConstants(),
  banner: { js: banner },
  plugins: [compileSchemas, builtinModules],
});
// What was read and not needed is not in it.
const contents = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
const packages = await bundledPackages(contents);
await writeFile('dist/THIRD-PARTY-NOTICES.txt', await thirdPartyNotices(packages));
await writeFile('dist/sbom.cdx.json', await billOfMaterials({ name, version, license }, packages));
