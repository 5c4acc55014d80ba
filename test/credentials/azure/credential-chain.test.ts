import { test } from 'tap';
import type { AccessToken } from '../../../src/credentials/azure/access-token.ts';
import { type AzureCredential, CredentialUnavailableError } from '../../../src/credentials/azure/azure-credential.ts';
import { createCredentialChain } from '../../../src/credentials/azure/credential-chain.ts';
import { createFailingCredential } from '../../../src/credentials/azure/failing-credential.ts';
import { AuthenticationError } from '../../../src/core/errors/authentication-error.ts';
import { ProviderError } from '../../../src/core/errors/provider-error.ts';
import { Redacted } from '../../../src/core/redacted.ts';
import { fails, RESOURCE, signal } from './azure-bench.ts';

const token: AccessToken = { value: new Redacted('t'), source: 'a test', expiresAtMs: 1 };
const good: AzureCredential = { proof: async () => new Redacted('p'), requestToken: async () => token };
const absent = createFailingCredential(() => new CredentialUnavailableError('absent'));
const refused = createFailingCredential(() => new AuthenticationError('ExpiredCredentials', 'refused'));
const down: AzureCredential = {
  ...good,
  requestToken: () => Promise.reject(new ProviderError('ProviderUnavailable', 'down')),
};
const ask = (...credentials: readonly AzureCredential[]): Promise<AccessToken> =>
  createCredentialChain(credentials).requestToken({ resource: RESOURCE }, signal);

test('the first that is set up', async (t) => {
  t.equal(await ask(absent, good, refused), token);
  await fails(t, ask(absent, refused, good), 'AuthenticationError/ExpiredCredentials');
  await fails(t, ask(down, good), 'ProviderError/ProviderUnavailable');
  const error = await fails(t, ask(absent, absent), 'AuthenticationError/InvalidCredentials');
  t.match(error.message, 'absent; absent');
  t.equal((await createCredentialChain([absent, good]).proof()).expose(), '["none","p"]');
});
