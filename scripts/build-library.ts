// Bundles the library into one file, dist/index.js, and the daemon for tests into another, dist/testing.js; writes their
// declarations to dist/types.
import { readFile } from 'node:fs/promises';
import * as esbuild from 'esbuild';
import { bundleOptions, daemonConstants, requireBanner } from './bundle-options.ts';
import { emitDeclarations } from './emit-declarations.ts';

/** undici puts an agent of its own under Node's `fetch` when it is loaded; a library must leave that alone. */
const keepGlobals: esbuild.Plugin = {
  name: 'keep-globals',
  setup: (build) =>
    build.onLoad({ filter: /\/undici\/lib\/global\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const contents = text.replace('if (getGlobalDispatcher() === undefined) {', 'if (false) {');
      if (contents === text) throw new Error(`'${path}' is not as it was: look for what it does when it is loaded`);
      return { contents };
    }),
};

await Promise.all([
  esbuild.build({
    ...bundleOptions,
    entryPoints: ['src/index.ts'],
    outfile: 'dist/index.js',
    banner: { js: requireBanner },
    plugins: [keepGlobals],
  }),
  esbuild.build({
    ...bundleOptions,
    entryPoints: ['src/testing.ts'],
    outfile: 'dist/testing.js',
    define: await daemonConstants(),
    banner: { js: requireBanner },
    plugins: [keepGlobals],
  }),
  emitDeclarations(),
]);
