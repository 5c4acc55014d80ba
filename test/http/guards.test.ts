import { test } from 'tap';
import { allowedHost, notForwarded, sameSite } from '../../src/http/guards.ts';

const passes = (guard: () => void): boolean => {
  try {
    guard();
    return true;
  } catch {
    return false;
  }
};

test('only names that the daemon serves are hosts', async (t) => {
  const guard = allowedHost(['keyfob.local']);
  const good = [
    'localhost',
    'localhost:8200',
    'LocalHost:1',
    '127.0.0.1:8200',
    '127.0.0.2:8200',
    '127.255.255.254',
    '[::1]',
    '[::1]:8200',
    'keyfob.local:80',
  ];
  for (const host of good)
    t.ok(
      passes(() => guard({ host })),
      host,
    );
  const bad = [
    '',
    ':8200',
    'evil.example',
    'evil.example:8200',
    'localhost.evil.example',
    'localhost@evil.example',
    '127.0.0.1.nip.io',
    'localhost:8200:1',
    'localhost:port',
    'localhost/x',
    'localhost ',
    'localhost.',
    '127.0.0.256',
    '127.0.0.2.evil.example',
    '127.evil.example',
    '128.0.0.1',
    '127.1',
    '0.0.0.0',
    '::1',
    '[::1',
    '[::2]',
    '[::1]evil',
  ];
  for (const host of bad) t.throws(() => guard({ host }), { category: 'RequestError', code: 'HostNotAllowed' }, host);
  t.throws(() => guard({}), { code: 'HostNotAllowed' });
  t.throws(() => guard({ host: 'evil.example' }), { message: /^(?!.*evil)/ });
});

test('the first request of all has to say who it means, too', async (t) => {
  t.throws(() => allowedHost([])({}), { code: 'HostNotAllowed', message: "the request has no 'Host'" });
});

test('a name that is not configured is not served', async (t) => {
  t.throws(() => allowedHost([])({ host: 'keyfob.local' }), { code: 'HostNotAllowed' });
});

test('what was forwarded is refused', async (t) => {
  for (const name of ['via', 'forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-'])
    t.throws(() => notForwarded({ [name]: '' }), { code: 'ForwardedRequest' }, name);
  for (const name of ['x-forward', 'x-real-ip', 'viaduct', 'accept'])
    t.ok(
      passes(() => notForwarded({ [name]: 'x' })),
      name,
    );
});

test('a page of another site is refused', async (t) => {
  const host = 'localhost:8200';
  const good = [
    {},
    { origin: 'http://localhost:8200' },
    { origin: 'https://localhost:8200' },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
    { origin: 'http://localhost:8200', 'sec-fetch-site': 'same-origin' },
  ];
  for (const headers of good)
    t.ok(
      passes(() => sameSite({ host, ...headers })),
      JSON.stringify(headers),
    );
  const bad = [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: '' },
    { origin: 'http://localhost:8201' },
    { origin: 'http://localhost' },
    { origin: 'http://localhost:8200.evil.example' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': '' },
    { origin: 'http://localhost:8200', 'sec-fetch-site': 'cross-site' },
    { origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' },
  ];
  for (const headers of bad)
    t.throws(() => sameSite({ host, ...headers }), { code: 'CrossSite' }, JSON.stringify(headers));
});
