import { Ajv } from 'ajv';
import type { Finding } from './config-problems.ts';
import type { KeyPath } from './key-path.ts';
import { toFindings } from './schema-findings.ts';
import { valueRules } from './value-rules.ts';

/** Checks a value that is at `path` against the schema, and fills in the defaults. */
export type SchemaChecker = (schema: object, value: unknown, path: KeyPath) => readonly Finding[];

/** @returns a checker; it throws an Error for a schema that is wrong itself, which is our mistake */
export function createSchemaChecker(): SchemaChecker {
  // `verbose` brings the schema along with each error; the value in it is never shown.
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    useDefaults: true,
    strict: true,
    // That the schemas themselves are right is a test's business; it would cost each start some 30 ms.
    meta: false,
    validateSchema: false,
    strictTypes: false,
    strictRequired: false,
    discriminator: true,
  });
  ajv.addKeyword('expected');
  for (const [keyword, rule] of valueRules) {
    ajv.addKeyword({
      keyword,
      errors: false,
      validate: (argument: unknown, value: unknown) => rule(argument, value) === undefined,
    });
  }
  return (schema, value, path) => {
    const validate = ajv.compile(schema);
    validate(value);
    return toFindings(validate.errors ?? [], path, value);
  };
}
