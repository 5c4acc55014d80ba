import { test } from 'tap';
import { createVersionId } from '../../../src/providers/vault/version-id.ts';

test('ids are equal where the parts are, and say nothing outside the instance', (t) => {
  const [toId, other] = [createVersionId(), createVersionId()];
  t.match(toId('a'), /^[0-9a-f]{32}$/);
  t.equal(toId('a', 'b'), toId('a', 'b'));
  t.not(toId('a', 'b'), toId('ab'));
  t.not(toId('a', 'b'), toId('a","b'));
  t.not(toId('a'), other('a'));
  t.end();
});
