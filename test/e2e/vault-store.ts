import { type FakeVault, type FakeVaultOptions, startFakeVault } from '../fakes/fake-vault.ts';
import type { Json } from './daemon.ts';
import type { Scope } from './temporary-directory.ts';

/** The token that `vaultConfig` logs in with. */
export const vaultToken = 's.the-token-of-the-daemon';

/** Environment of a daemon with `vaultConfig`. */
export const vaultEnv = { VAULT_TEST_TOKEN: vaultToken };

/** A Vault that accepts the token; it is closed with its scope. */
export async function vaultStore(scope: Scope, secrets: FakeVaultOptions['secrets'] = {}): Promise<FakeVault> {
  const vault = await startFakeVault({ secrets, token: vaultToken });
  scope.teardown(() => vault.close());
  return vault;
}

/** A configuration with that Vault as its only provider, patient for 300 ms and never trying twice. */
export const vaultConfig = (address: string, more: Json = {}): Json => ({
  providers: [
    {
      name: 'vault',
      type: 'vault',
      address,
      // What the tests count and hold up is the reads.
      kvVersion: 2,
      attemptTimeout: '300ms',
      auth: { method: 'token', token: { env: 'VAULT_TEST_TOKEN' } },
    },
  ],
  retry: { maxAttempts: 1 },
  ...more,
});
