import t from 'tap';
import { aadstsNumber, toEntraError } from '../../../src/credentials/azure/entra-error.ts';
import type { HttpResponse } from '../../../src/transport/http-client.ts';

const answer = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): HttpResponse => ({
  status,
  headers: new Map(Object.entries(headers)),
  text,
});
const refusal = (number: number, status = 400): HttpResponse =>
  answer(
    status,
    JSON.stringify({
      error: 'invalid_client',
      error_description: `AADSTS${number}: words of Entra, Trace ID: trace-canary`,
      error_codes: [number],
    }),
  );

const meanings: readonly (readonly [number, string, RegExp])[] = [
  [90002, 'AuthenticationError/InvalidCredentials', /no such tenant/],
  [900023, 'AuthenticationError/InvalidCredentials', /no such tenant/],
  [700016, 'AuthenticationError/InvalidCredentials', /no such application/],
  [7000112, 'AuthenticationError/InsufficientPermissions', /disabled/],
  [7000215, 'AuthenticationError/InvalidCredentials', /client secret is wrong/],
  [7000222, 'AuthenticationError/ExpiredCredentials', /client secret has expired/],
  [7000229, 'AuthenticationError/InvalidCredentials', /service principal/],
  [700024, 'AuthenticationError/InvalidCredentials', /clock/],
  [700027, 'AuthenticationError/InvalidCredentials', /certificate/],
  [700211, 'AuthenticationError/InvalidCredentials', /federated credential/],
  [500011, 'AuthenticationError/InvalidCredentials', /authorityHost/],
  [53003, 'AuthenticationError/InsufficientPermissions', /conditional access/],
  [999999, 'AuthenticationError/InvalidCredentials', /refused the login/],
];
for (const [number, expected, message] of meanings) {
  const error = toEntraError(refusal(number), 0);
  t.equal(`${error.category}/${error.code}`, expected);
  t.match(error.message, message);
  t.match(error.message, `(AADSTS${number})`, 'the number is passed on');
  t.notMatch(error.message, /words of Entra|canary/, 'the text is not');
  t.equal(error.retryable, false);
}

const others: readonly (readonly [string, HttpResponse, string])[] = [
  ['throttled', answer(429, '{}', { 'retry-after': '7' }), 'ProviderError/RateLimited'],
  ['down', refusal(90033, 503), 'ProviderError/ProviderUnavailable'],
  ['busy', answer(400, '{"error":"temporarily_unavailable"}'), 'ProviderError/ProviderUnavailable'],
  ['a proxy', answer(403, '<html>'), 'ProviderError/ProviderUnavailable'],
  ['another service', answer(401, '{"error":{"code":"x"}}'), 'ProviderError/ProviderUnavailable'],
  ['a redirect', answer(302, ''), 'ProviderError/ProviderUnavailable'],
];
for (const [name, response, expected] of others) {
  const error = toEntraError(response, 0);
  t.equal(`${error.category}/${error.code}`, expected, name);
  t.equal(error.retryable, true);
}
t.equal(toEntraError(answer(429, '', { 'retry-after': '7' }), 0).details.retryAfterMs, 7_000);
t.equal(toEntraError(answer(401, '{"error":"invalid_client"}'), 0).message, 'Entra refused the login');
t.equal(aadstsNumber(refusal(700024)), 700024);
t.equal(aadstsNumber(answer(401, '{"error_codes":["x"]}')), undefined);
