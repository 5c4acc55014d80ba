import { test } from 'tap';
import { createRequestIds } from '../../src/http/request-context.ts';

test('ids of ours are well-formed, and never the same twice', async (t) => {
  const [one, other] = [createRequestIds(), createRequestIds()];
  const ids = Array.from({ length: 100 }, () => [one(), other()]).flat();
  t.equal(new Set(ids).size, 200);
  for (const id of ids) t.match(id, /^[\w.:-]{1,128}$/);
});
