import { test } from 'tap';
import { ConfigurationError } from '../../src/core/errors/configuration-error.ts';
import { endpointProblem, isExposed, parseEndpoint } from '../../src/transport/endpoint.ts';

test('https goes anywhere, http to this machine', (t) => {
  for (const address of [
    'https://vault.example:8200',
    'HTTPS://10.0.0.1/base/',
    'http://127.0.0.1:8200',
    'http://127.9.9.9',
    'http://[::1]:8200',
    'http://localhost',
  ]) {
    t.equal(endpointProblem(address, false), undefined, address);
    t.notOk(isExposed(parseEndpoint(address, { option: 'address', insecure: false })), address);
  }
  t.end();
});

test('what is no address of a store', (t) => {
  const wrong = [
    '',
    'vault',
    'vault:8200',
    'ftp://vault',
    'https:vault',
    'https://',
    'https://u@vault',
    'https://vault?a',
    'https://vault#a',
  ];
  for (const address of wrong) t.type(endpointProblem(address, true), 'string', address);
  t.end();
});

test('http to another machine needs insecure', (t) => {
  for (const address of [
    'http://vault.example',
    'http://10.0.0.1',
    'http://localhost.example',
    'http://[2001:db8::1]',
  ]) {
    t.match(endpointProblem(address, false), 'insecure', address);
    t.ok(isExposed(parseEndpoint(address, { option: 'address', insecure: true })), address);
  }
  t.end();
});

test('the address is not in the message', (t) => {
  t.throws(() => parseEndpoint('http://vault-canary', { option: 'address', insecure: false }), ConfigurationError);
  t.notMatch(endpointProblem('http://vault-canary', false), 'canary');
  t.equal(parseEndpoint('https://vault/base//', { option: 'address', insecure: false }).href, 'https://vault/base');
  t.end();
});
