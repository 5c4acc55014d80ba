import { test } from 'tap';
import { isSecretsError } from '../../../src/core/errors/secrets-error.ts';
import { parseToken, requestToken } from '../../../src/credentials/gcp/oauth-call.ts';
import { oauthError } from '../../fakes/fake-gcp-errors.ts';
import { GcpWorld } from './gcp-world.ts';

async function ask(world: GcpWorld): Promise<string> {
  const request = { url: new URL('/token', world.oauthServer.origin), form: { grant_type: 'x' }, subject: 'the proof' };
  try {
    await requestToken(world.tools, request, world.signal);
  } catch (error) {
    if (isSecretsError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'a token';
}

const cases: readonly (readonly [answer: Parameters<GcpWorld['oauth']['faults']['push']>[0], expected: RegExp])[] = [
  [{ status: 200, body: { access_token: 't', expires_in: 10 } }, /^a token$/],
  [{ status: 200, body: { access_token: '' } }, /^ProviderUnavailable: .* is not of Google/],
  [{ status: 200, body: '<html>' }, /^ProviderUnavailable: .*status 200, is not of Google/],
  [{ status: 302, body: '' }, /^ProviderUnavailable/],
  [{ status: 403, body: '<html>' }, /^ProviderUnavailable: .*status 403, is not of Google/],
  [{ status: 400, body: { error: { code: 400 } } }, /^ProviderUnavailable/],
  [
    oauthError('invalid_grant', 'no'),
    /^InvalidCredentials: the proof is not accepted: it is wrong, has expired or was deleted$/,
  ],
  [
    oauthError(
      'invalid_grant',
      'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.',
    ),
    /^ExpiredCredentials: the proof is not valid at this time: see the clock/,
  ],
  [oauthError('invalid_target', 'no'), /^InvalidCredentials: .*'audience' names no pool/],
  [oauthError('invalid_client', 'no', 401), /^InvalidCredentials: the proof is of a client that does not exist/],
  [oauthError('unheard_of', 'SPOKEN'), /^InvalidCredentials: the proof is refused$/],
  [oauthError('temporarily_unavailable', 'no'), /^ProviderUnavailable/],
  [{ status: 500, body: { error: 'internal_failure' } }, /^ProviderUnavailable/],
  [{ status: 503, body: '' }, /^ProviderUnavailable: the login at Google failed with status 503/],
  [{ status: 429, body: '', headers: { 'Retry-After': '3' } }, /^RateLimited/],
  ['cut', /^ConnectionFailed/],
];

test('answers', async (t) => {
  const world = await GcpWorld.create(t);
  for (const [answer, expected] of cases) {
    world.oauth.faults.push(answer);
    t.match(await ask(world), expected, JSON.stringify(answer));
  }
});

test('a lifetime may be a text, or absent', async (t) => {
  t.equal(parseToken('{"access_token":"t","expires_in":"60"}')?.lifetimeMs, 60_000);
  t.equal(parseToken('{"access_token":"t"}')?.lifetimeMs, undefined);
  t.equal(parseToken('{"access_token":7}'), undefined);
});
