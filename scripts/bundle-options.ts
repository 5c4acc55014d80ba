import type { BuildOptions } from 'esbuild';

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
