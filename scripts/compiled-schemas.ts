import standaloneCode from 'ajv/dist/standalone/index.js';
import type { Plugin } from 'esbuild';
import { providerSchema } from '../src/config/provider-findings.ts';
import { configSchema } from '../src/config/schema.ts';
import { createSchemaCompiler } from '../src/config/schema-compiler.ts';
import { providerKinds } from '../src/providers/registry.ts';

/** Compiles the schemas of the configuration while the bundle is made, instead of at each start. */
export const compileSchemas: Plugin = {
  name: 'compile-schemas',
  setup: (build) => {
    build.onLoad({ filter: /\/src\/config\/compiled-schemas\.ts$/ }, () => ({
      contents: compiledSchemas(),
      resolveDir: 'src/config',
    }));
  },
};

function compiledSchemas(): string {
  const compiler = createSchemaCompiler({ code: { source: true, esm: true } });
  const schemas = [configSchema(providerKinds.map(({ type }) => type)), ...providerKinds.map(providerSchema)];
  const names = schemas.map((schema, at) => {
    compiler.addSchema(schema);
    return [`checked${at}`, schema.$id] as const;
  });
  const entries = names.map(([name, id]) => `[${JSON.stringify(id)}, ${name}]`);
  return `import { valueRules } from './value-rules.ts';
${standaloneCode.default(compiler, Object.fromEntries(names))}
export const compiledSchemas = new Map([${entries.join(', ')}]);`;
}
