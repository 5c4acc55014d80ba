import { test } from 'tap';
import { chargedReads } from '../../src/http/charged-reads.ts';
import { context } from '../client/client-rig.ts';

test('each secret beyond the first counts', async (t) => {
  const counted: unknown[] = [];
  const client = { readAll: () => [], preview: () => ({ provider: 'p', cache: 'none' }) as const };
  const { readAll, preview } = chargedReads(client, { charge: (caller, more) => counted.push([caller, more]) });
  void readAll([], { context });
  void readAll([{ path: 'a' }], { context });
  void readAll(
    ['a', 'b', 'c'].map((path) => ({ path })),
    { context },
  );
  void preview({ path: 'a' }, context);
  t.same(counted, [
    ['anonymous', 0],
    ['anonymous', 2],
  ]);
});
