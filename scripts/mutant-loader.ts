// Loaded before a test by `scripts/mutate.ts`: one file of src/ is another one than on disk.
import { registerHooks } from 'node:module';
import { env } from 'node:process';

const { KEYFOB_MUTANT_FILE: file = '', KEYFOB_MUTANT_CODE: code = '' } = env;

registerHooks({
  load: (url, context, next) =>
    url === file ? { format: 'module', source: code, shortCircuit: true } : next(url, context),
});
