import { test } from 'tap';
import { readDaemonAddress } from '../../src/cli/daemon-address.ts';

test('the forms of KEYFOB_ADDR', async (t) => {
  const standard = { kind: 'tcp', name: 'http://127.0.0.1:8200', host: '127.0.0.1', port: 8200 };
  t.strictSame(readDaemonAddress({}), standard);
  t.strictSame(readDaemonAddress({ KEYFOB_ADDR: '' }), standard);
  t.strictSame(readDaemonAddress({ KEYFOB_ADDR: 'http://[::1]:9/' }), {
    kind: 'tcp',
    name: 'http://[::1]:9',
    host: '::1',
    port: 9,
  });
  t.match(readDaemonAddress({ KEYFOB_ADDR: 'http://localhost' }), { host: 'localhost', port: 80 });
  t.strictSame(readDaemonAddress({ KEYFOB_ADDR: 'unix:/run/k.sock' }), {
    kind: 'unix',
    name: 'unix:/run/k.sock',
    path: '/run/k.sock',
  });
});

test('anything else is refused without being repeated', async (t) => {
  for (const text of [
    'localhost:8200',
    'https://localhost:8200',
    'http://user:pass@localhost:8200',
    'http://localhost:8200/v1',
    'http://localhost:8200?x=y',
    'unix:relative',
    'unix:',
    'nonsense',
  ])
    t.throws(() => readDaemonAddress({ KEYFOB_ADDR: text }), {
      code: 'MissingEndpoint',
      message: "'KEYFOB_ADDR' is neither 'http://host:port' nor 'unix:/path'",
    });
});
