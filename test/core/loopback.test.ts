import { test } from 'tap';
import { isLoopback } from '../../src/core/loopback.ts';

test('addresses of this machine alone', async (t) => {
  for (const address of ['127.0.0.1', '127.255.0.3', '::1', '0:0:0:0:0:0:0:1']) t.ok(isLoopback(address), address);
});

test('everything else, names too', async (t) => {
  for (const address of ['128.0.0.1', '10.0.0.1', '::2', 'localhost', '127.0.0.1.example', '[::1]', '']) {
    t.notOk(isLoopback(address), address);
  }
});
