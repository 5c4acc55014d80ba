import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'tap';
import { AuthenticationError } from '../../../src/core/errors/authentication-error.ts';
import { ProviderError } from '../../../src/core/errors/provider-error.ts';
import type { SecretsError } from '../../../src/core/errors/secrets-error.ts';
import { Redacted } from '../../../src/core/redacted.ts';
import type { AccessToken, TokenRequest } from '../../../src/credentials/azure/access-token.ts';
import type { AzureCredential } from '../../../src/credentials/azure/azure-credential.ts';
import { TokenKeeper } from '../../../src/credentials/azure/token-keeper.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { fails, RESOURCE, signal } from './azure-bench.ts';

const HOUR_MS = 3_600_000;
const request: TokenRequest = { resource: RESOURCE };

/** A credential whose answers a test decides, and a keeper of its tokens. */
class Rig {
  readonly clock = new FakeClock();
  readonly requests: TokenRequest[] = [];
  readonly outcomes: string[] = [];
  lifeMs = HOUR_MS;
  refreshMs: number | undefined;
  secret = 'one';
  failure: SecretsError | undefined;
  /** Held back until it is resolved. */
  gate: Promise<void> | undefined;
  readonly keeper: TokenKeeper;

  constructor(credential: Partial<AzureCredential> = {}) {
    this.keeper = new TokenKeeper({
      credential: {
        proof: async () => new Redacted(this.secret),
        requestToken: (request) => this.#answer(request),
        ...credential,
      },
      clock: this.clock,
      random: () => 0,
      record: (outcome) => this.outcomes.push(outcome === 'success' ? outcome : outcome.code),
    });
  }

  get(more: Partial<TokenRequest> = {}): Promise<AccessToken> {
    return this.keeper.token({ ...request, ...more }, signal);
  }

  async #answer(asked: TokenRequest): Promise<AccessToken> {
    this.requests.push(asked);
    const value = new Redacted(`token-${this.requests.length}`);
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    const nowMs = this.clock.monotonicMs();
    const refresh = this.refreshMs === undefined ? {} : { refreshAtMs: nowMs + this.refreshMs };
    return { value, source: 'a test', expiresAtMs: nowMs + this.lifeMs, ...refresh };
  }
}

const refused = (): AuthenticationError => new AuthenticationError('InvalidCredentials', 'the secret is wrong');
const down = (): ProviderError => new ProviderError('ProviderUnavailable', 'down');

test('one request for all who wait, and none while the token is good', async (t) => {
  const rig = new Rig();
  t.equal(rig.keeper.expiresInMs, undefined);
  t.equal(rig.keeper.source, undefined);
  const tokens = await Promise.all([rig.get(), rig.get(), rig.get()]);
  t.equal(new Set([...tokens, await rig.get()]).size, 1);
  t.equal(rig.requests.length, 1);
  t.equal(rig.keeper.expiresInMs, HOUR_MS);
  t.equal(rig.keeper.source, 'a test');
  t.same(rig.outcomes, ['success']);
});

test('a token is refreshed in the background, well before its end', async (t) => {
  const rig = new Rig();
  const first = await rig.get();
  await rig.clock.advance(HOUR_MS * 0.9 - 1);
  t.equal(await rig.get(), first);
  await rig.clock.advance(1);
  t.equal(rig.requests.length, 2);
  t.not(await rig.get(), first);
});

test('a token is refreshed when its issuer says so', async (t) => {
  const rig = new Rig();
  rig.refreshMs = HOUR_MS / 2;
  await rig.get();
  await rig.clock.advance(HOUR_MS / 2);
  t.equal(rig.requests.length, 2);
});

test('the old token stays in use until there is a new one', async (t) => {
  const rig = new Rig();
  const first = await rig.get();
  rig.failure = down();
  await rig.clock.advance(HOUR_MS * 0.95);
  t.ok(rig.requests.length > 3, 'it is tried again and again');
  t.equal(await rig.get(), first);
  rig.failure = undefined;
  await rig.clock.advance(300_000);
  t.not(await rig.get(), first);
  t.equal(rig.outcomes.at(-1), 'success');
});

test('a token that has ended is not used', async (t) => {
  const rig = new Rig();
  await rig.get();
  rig.failure = down();
  await rig.clock.advance(HOUR_MS);
  t.equal(rig.keeper.expiresInMs, 0);
  await fails(t, rig.get(), 'ProviderError/ProviderUnavailable');
});

test('credentials that were refused are not sent again at once', async (t) => {
  const rig = new Rig();
  rig.failure = refused();
  await fails(t, rig.get(), 'AuthenticationError/InvalidCredentials');
  const again = await fails(t, rig.get(), 'AuthenticationError/InvalidCredentials');
  t.equal(again.message, 'the secret is wrong');
  t.not(again, rig.failure, 'each caller gets an error of its own');
  t.equal(rig.requests.length, 1);
  t.same(rig.outcomes, ['InvalidCredentials']);
  await rig.clock.advance(1_000);
  t.equal(rig.requests.length, 2, 'after a second once more');
  await rig.clock.advance(1_999);
  t.equal(rig.requests.length, 2);
  await rig.clock.advance(1);
  t.equal(rig.requests.length, 3, 'and after two');
  await rig.clock.advance(HOUR_MS);
  t.ok(rig.requests.length < 25, 'at last every five minutes');
});

test('credentials that have changed are sent at once', async (t) => {
  const rig = new Rig();
  rig.failure = refused();
  await fails(t, rig.get(), 'AuthenticationError/InvalidCredentials');
  rig.failure = undefined;
  rig.secret = 'two';
  t.equal((await rig.get()).value.expose(), 'token-2');
});

test('what does not come from the credentials is tried again by each who asks', async (t) => {
  const rig = new Rig();
  rig.failure = down();
  await fails(t, rig.get(), 'ProviderError/ProviderUnavailable');
  await fails(t, rig.get(), 'ProviderError/ProviderUnavailable');
  t.equal(rig.requests.length, 2);
});

test('credentials that cannot be read', async (t) => {
  const rig = new Rig({ proof: () => Promise.reject(refused()) });
  await fails(t, rig.get(), 'AuthenticationError/InvalidCredentials');
  t.equal(rig.requests.length, 0);
  t.same(rig.outcomes, ['InvalidCredentials']);
});

test('a token that was refused is replaced once for all', async (t) => {
  const rig = new Rig();
  const first = await rig.get();
  await rig.clock.advance(60_000);
  const [a, b] = await Promise.all([1, 2].map(() => rig.keeper.replace(first, request, signal)));
  t.equal(a, b);
  t.not(a, first);
  t.equal(await rig.keeper.replace(first, request, signal), a, 'the one that someone else has got');
  t.equal(rig.requests.length, 2);
});

test('a token that is new is not replaced, but for claims', async (t) => {
  const rig = new Rig();
  const first = await rig.get();
  t.equal(await rig.keeper.replace(first, request, signal), first);
  const second = await rig.keeper.replace(first, { ...request, claims: '{}' }, signal);
  t.not(second, first);
  t.same(rig.requests.at(-1), { ...request, claims: '{}' });
  t.equal(await rig.keeper.replace(second, { ...request, claims: '{}' }, signal), second, 'the same claims');
  await rig.clock.advance(HOUR_MS * 0.9);
  t.same(rig.requests.at(-1), request, 'a refresh asks without claims');
});

test('claims are not answered by a request without them', async (t) => {
  const rig = new Rig();
  const { promise, resolve } = Promise.withResolvers<void>();
  rig.gate = promise;
  const plain = rig.get();
  const claims = rig.get({ claims: '{}' });
  const joined = rig.get();
  while (rig.requests.length < 2) await turn();
  resolve();
  t.not(await plain, await claims);
  t.equal(await joined, await claims, 'but the other way round');
});

test('another service needs another token', async (t) => {
  const rig = new Rig();
  const first = await rig.get();
  t.not(await rig.get({ resource: 'https://vault.azure.cn' }), first);
});

test('a request that hangs', async (t) => {
  const rig = new Rig({ requestToken: () => new Promise(() => undefined) });
  const work = fails(t, rig.get(), 'NetworkError/Timeout');
  await turn();
  await rig.clock.advance(10_000);
  await work;
  t.same(rig.outcomes, ['Timeout']);
});

test('who waits no longer does not end the request of the others', async (t) => {
  const rig = new Rig();
  const { promise, resolve } = Promise.withResolvers<void>();
  rig.gate = promise;
  const abort = new AbortController();
  const left = fails(t, rig.keeper.token(request, abort.signal), 'NetworkError/Timeout');
  const stayed = rig.get();
  abort.abort();
  await left;
  resolve();
  t.ok(await stayed);
});

test('after close', async (t) => {
  const rig = new Rig();
  await rig.get();
  t.equal(rig.clock.timers, 1);
  rig.keeper.close();
  rig.keeper.close();
  t.equal(rig.clock.timers, 0);
  const other = new Rig({ requestToken: () => new Promise(() => undefined) });
  const work = fails(t, other.get(), 'ProviderError/ProviderUnavailable');
  await turn();
  other.keeper.close();
  await work;
  t.same(other.outcomes, [], 'what was cut is no failure');
  t.equal(other.clock.timers, 0);
  await fails(t, other.get(), 'ProviderError/ProviderUnavailable');
});
