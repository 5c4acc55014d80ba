import { test } from 'tap';
import { isLocal, isSameAddress, parseListenAddress } from '../../src/config/listen-address.ts';
import type { ListenAddress } from '../../src/config/config.ts';

function parsed(text: string): ListenAddress {
  const address = parseListenAddress(text);
  if (address === undefined) throw new Error(`not an address: ${text}`);
  return address;
}

test('the forms of an address', async (t) => {
  t.strictSame(parsed('127.0.0.1:8200'), { kind: 'tcp', host: '127.0.0.1', port: 8200 });
  t.strictSame(parsed('localhost:0'), { kind: 'tcp', host: '127.0.0.1', port: 0 });
  t.strictSame(parsed('[::1]:65535'), { kind: 'tcp', host: '::1', port: 65_535 });
  t.strictSame(parsed('[0:0:0:0:0:0:0:1]:1'), { kind: 'tcp', host: '::1', port: 1 });
  t.strictSame(parsed('[fe80::1%eth0]:1'), { kind: 'tcp', host: 'fe80::1%eth0', port: 1 });
  t.strictSame(parsed('unix:/run/k.sock'), { kind: 'unix', path: '/run/k.sock' });
});

test('what is no address', async (t) => {
  const wrong = [
    '',
    '8200',
    ':8200',
    '127.0.0.1',
    '127.0.0.1:',
    '127.0.0.1:65536',
    '127.0.0.1:x',
    '1.2.3:80',
    '::1:80',
  ];
  const more = ['[127.0.0.1]:80', '[::1]', 'example.com:80', '*:80', 'http://127.0.0.1:80', ' 127.0.0.1:80'];
  const sockets = ['unix:', 'unix:k.sock', 'unix:/run/', 'unix:/a\0b', `unix:/${'x'.repeat(103)}`];
  for (const text of [...wrong, ...more, ...sockets, 8200, null, {}]) t.equal(parseListenAddress(text), undefined);
});

test('which addresses only this machine can reach', async (t) => {
  for (const text of ['127.0.0.1:1', '127.9.9.9:1', '[::1]:1', '[::ffff:127.0.0.1]:1', 'unix:/s'])
    t.ok(isLocal(parsed(text)), text);
  for (const text of ['0.0.0.0:1', '[::]:1', '10.0.0.1:1', '[::ffff:10.0.0.1]:1', '[fe80::1%lo]:1'])
    t.notOk(isLocal(parsed(text)), text);
});

test('which addresses cannot be bound together', async (t) => {
  const same = (a: string, b: string): boolean =>
    isSameAddress(parsed(a), parsed(b)) && isSameAddress(parsed(b), parsed(a));
  t.ok(same('localhost:1', '127.0.0.1:1'));
  t.ok(same('0.0.0.0:1', '127.0.0.1:1'));
  t.ok(same('[::]:1', '127.0.0.1:1'));
  t.ok(same('[::]:1', '0.0.0.0:1'));
  t.ok(same('unix:/a', 'unix:/a'));
  t.notOk(same('127.0.0.1:0', '127.0.0.1:0'));
  t.notOk(same('127.0.0.1:1', '127.0.0.1:2'));
  t.notOk(same('127.0.0.1:1', '[::1]:1'));
  t.notOk(same('0.0.0.0:1', '[::1]:1'));
  t.notOk(same('unix:/a', 'unix:/b'));
  t.notOk(same('unix:/a', '127.0.0.1:1'));
});
