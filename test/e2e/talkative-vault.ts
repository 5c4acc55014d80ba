import { refusal } from '../fakes/fake-vault-kv.ts';
import { type FakeVault, faults, startFakeVault } from '../fakes/fake-vault.ts';
import type { Json } from './daemon.ts';
import type { Scope } from './temporary-directory.ts';

// The credentials of the test of leaks; none may be seen anywhere.
export const talked = {
  STORED: 'V4ult-st0red-s3cret/+?=',
  TOKEN: 'hvs.CAESIT0ken-0f-the-daem0n',
  WRONG_TOKEN: 'hvs.CAESIT0ken-that-is-wr0ng',
  ROLE_ID: 'r0le-id-6a1c9f64-aa0b',
  SECRET_ID: 's3cret-id-3f0c1b7e-91d4',
  WRONG_SECRET_ID: 'wr0ng-s3cret-id-77ab-0d1e',
  LITERAL: 'hvs.L1teral-in-the-c0nfiguration',
} as const;

const { STORED, TOKEN, WRONG_TOKEN, ROLE_ID, SECRET_ID, WRONG_SECRET_ID } = talked;

export const vaultProvider = (name: string, address: string, auth: Json): Json => ({
  name,
  type: 'vault',
  address,
  attemptTimeout: '1s',
  auth,
});

export const token = (env: string): Json => ({ method: 'token', token: { env } });
export const approle = (secretId: string): Json => ({
  method: 'approle',
  roleId: { env: 'ROLE_ID' },
  secretId: { env: secretId },
});

/** Environment of a daemon that reads its credentials from there. */
export const talkedEnv = { TOKEN, WRONG_TOKEN, ROLE_ID, SECRET_ID, WRONG_SECRET_ID };

/** A store that answers some paths with errors that quote what it should not. */
export async function talkativeVault(scope: Scope): Promise<FakeVault> {
  const data = JSON.stringify({ k: STORED });
  const vault = await startFakeVault({ token: TOKEN, secrets: { good: data, refused: data, 'in/folder': data } });
  scope.teardown(() => vault.close());
  Object.assign(vault.approle, { roleId: ROLE_ID, secretId: SECRET_ID });
  vault.denied.add('refused');
  const words = `token ${TOKEN} of ${ROLE_ID} ${SECRET_ID} may not read ${STORED}`;
  vault.fault = ({ path, token: used = '' }) => {
    switch (path.replace('secret/data/', '')) {
      case 'e400':
        return refusal(400, words);
      case 'e403':
        return refusal(403, words, used);
      case 'e500':
        return refusal(500, words);
      case 'e503':
        return refusal(503, `Vault is sealed ${words}`);
      case 'proxy':
        return {
          status: 403,
          text: `<html>${words}</html>`,
          headers: { 'content-type': 'text/html', 'x-secret': TOKEN },
        };
      case 'broken':
        return { status: 200, text: `{"data":{"data":{"k":"${STORED}"` };
      case 'strange':
        return { status: 200, text: `{"data":"${STORED}"}` };
      case 'throttled':
        return faults.throttled();
      case 'reset':
        return 'reset';
      case 'hang':
        return 'hang';
      default:
        return undefined;
    }
  };
  return vault;
}
