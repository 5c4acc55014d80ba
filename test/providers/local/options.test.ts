import { test } from 'tap';
import { parseLocalOptions } from '../../../src/providers/local/options.ts';

test('the path is needed', async (t) => {
  t.same(parseLocalOptions({ path: './secrets.yaml' }), { path: './secrets.yaml' });
  t.throws(() => parseLocalOptions({}), TypeError);
  t.throws(() => parseLocalOptions(null), TypeError);
  t.throws(() => parseLocalOptions({ path: 1 }), TypeError);
});
