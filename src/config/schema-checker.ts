import type { Ajv, ValidateFunction } from 'ajv';
import { compiledSchemas } from './compiled-schemas.ts';
import type { Finding } from './config-problems.ts';
import type { KeyPath } from './key-path.ts';
import { createSchemaCompiler } from './schema-compiler.ts';
import { toFindings } from './schema-findings.ts';
import type { NamedSchema } from './schema-parts.ts';

/** Checks a value that is at `path` against the schema, and fills in the defaults. */
export type SchemaChecker = (schema: NamedSchema, value: unknown, path: KeyPath) => readonly Finding[];

/** @returns a checker; it throws an Error for a schema that is wrong itself, which is our mistake */
export function createSchemaChecker(): SchemaChecker {
  let compiler: Ajv | undefined;
  const compile = (schema: NamedSchema): ValidateFunction => {
    compiler ??= createSchemaCompiler();
    return compiler.getSchema(schema.$id) ?? compiler.compile(schema);
  };
  return (schema, value, path) => {
    const validate = compiledSchemas.get(schema.$id) ?? compile(schema);
    validate(value);
    return toFindings(validate.errors ?? [], path, value);
  };
}
