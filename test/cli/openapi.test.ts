import { test } from 'tap';
import { openapi } from '../../src/cli/openapi.ts';
import { FakeIo } from './fake-io.ts';

test('prints the contract as JSON', async (t) => {
  const io = new FakeIo({});
  t.equal(await openapi([], io, { openapi: '3.1.0', paths: {} }), 0);
  t.strictSame(JSON.parse(io.out), { openapi: '3.1.0', paths: {} });
  t.ok(io.out.endsWith('}\n'));
});

test('takes no argument', async (t) => {
  const io = new FakeIo({});
  t.equal(await openapi(['yaml'], io, {}), 2);
  t.equal(io.err, "keyfob: unexpected argument 'yaml'\nusage: keyfob openapi\n");
  t.equal(io.out, '');
});
