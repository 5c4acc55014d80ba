import { test } from 'tap';
import { AuthenticationError } from '../../../src/core/errors/authentication-error.ts';
import { NetworkError } from '../../../src/core/errors/network-error.ts';
import { ProviderError } from '../../../src/core/errors/provider-error.ts';
import { Redacted } from '../../../src/core/redacted.ts';
import { LoginBackoff } from '../../../src/providers/vault/login-backoff.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

const refused = new AuthenticationError('InvalidCredentials', 'refused');
const down = new NetworkError('ConnectionFailed', 'down');
const old = new Redacted('old');

const create = (): { readonly backoff: LoginBackoff; readonly clock: FakeClock } => {
  const clock = new FakeClock();
  return { clock, backoff: new LoginBackoff(clock, () => 0) };
};

test('the same credentials wait, and new ones need not when the old were refused', async (t) => {
  const { backoff, clock } = create();
  t.equal(backoff.failed(refused, old), 1_000);
  t.throws(() => backoff.assertMayTry(new Redacted('old')), refused);
  backoff.assertMayTry(new Redacted('new'));
  await clock.advance(1_000);
  backoff.assertMayTry(old);
});

test('credentials that could not be read are tried as soon as they can be', (t) => {
  const { backoff } = create();
  backoff.failed(refused);
  t.doesNotThrow(() => backoff.assertMayTry(old));
  t.end();
});

test('new credentials do not help a store that is down', (t) => {
  const { backoff } = create();
  backoff.failed(down, old);
  t.throws(() => backoff.assertMayTry(new Redacted('new')), down);
  t.end();
});

test('a refusal is waited out for five minutes at most, an outage for half a minute', (t) => {
  const { backoff } = create();
  for (let i = 0; i < 20; i++) backoff.failed(down, old);
  t.equal(backoff.failed(down, old), 30_000);
  t.equal(backoff.failed(refused, old), 300_000);
  backoff.succeeded();
  t.equal(backoff.failed(refused, old), 1_000);
  t.end();
});

test('Retry-After lengthens the wait, within reason', (t) => {
  const { backoff } = create();
  const limited = (retryAfterMs: number): ProviderError => new ProviderError('RateLimited', 'x', { retryAfterMs });
  t.equal(backoff.failed(limited(0), old), 1_000);
  t.equal(backoff.failed(limited(7_000), old), 7_000);
  t.equal(backoff.failed(limited(86_400_000), old), 300_000);
  t.throws(() => backoff.assertMayTry(old), { code: 'RateLimited', details: { retryAfterMs: 300_000 } });
  backoff.open();
  t.doesNotThrow(() => backoff.assertMayTry(old));
  t.end();
});
