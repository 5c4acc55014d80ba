import { _, Ajv, type KeywordCxt, type Options } from 'ajv';
import { valueRules } from './value-rules.ts';

const options: Options = {
  allErrors: true,
  // Brings the schema along with each error; the value in it is never shown.
  verbose: true,
  useDefaults: true,
  strict: true,
  // That the schemas themselves are right is a test's business; it would cost each start some 30 ms.
  meta: false,
  validateSchema: false,
  strictTypes: false,
  strictRequired: false,
  discriminator: true,
};

/** Ajv with the keywords of our schemas. @param more for one that writes its code out: `valueRules` is in scope there */
export function createSchemaCompiler(more: Options = {}): Ajv {
  const ajv = new Ajv({ ...options, ...more });
  ajv.addKeyword('expected');
  for (const [keyword, rule] of valueRules) {
    ajv.addKeyword({
      keyword,
      code: (context: KeywordCxt) => {
        const { gen, schemaCode, data } = context;
        const known = gen.scopeValue('func', { key: rule, ref: rule, code: _`valueRules.get(${keyword})` });
        context.fail(_`${known}(${schemaCode}, ${data}) !== undefined`);
      },
    });
  }
  return ajv;
}
