import { test } from 'tap';
import { wantsRaw } from '../../src/http/wants-raw.ts';

test('JSON is what most clients get', async (t) => {
  const accepts = [
    undefined,
    '',
    '*/*',
    'application/json',
    'Application/JSON; charset=utf-8',
    'application/*',
    'text/plain, */*;q=0.1',
    'text/html,application/xhtml+xml,*/*;q=0.8',
    'text/plain;q=1, application/json;q=0.001',
  ];
  for (const accept of accepts) t.equal(wantsRaw(accept), false, accept ?? 'none');
});

test('bytes are for who admits neither JSON nor anything at all', async (t) => {
  const accepts = [
    'text/plain',
    'application/octet-stream',
    'text/*, image/png',
    'application/json;q=0, text/plain',
    'text/plain, */*;q=0.0',
    'application/*;q=0.000 , text/plain',
    'application/jsonx',
  ];
  for (const accept of accepts) t.equal(wantsRaw(accept), true, accept);
});
