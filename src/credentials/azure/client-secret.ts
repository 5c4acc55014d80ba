import { type CredentialSetting, readCredential } from '../../core/credential-setting.ts';
import type { AzureCredential } from './azure-credential.ts';
import type { AzureTools } from './azure-tools.ts';
import { createEntraLogin, type EntraClient } from './entra-login.ts';

/** An application with a password. */
export function createClientSecret(
  tools: AzureTools,
  client: EntraClient,
  clientSecret: CredentialSetting,
): AzureCredential {
  const login = createEntraLogin(tools, { ...client, source: 'a client secret' });
  const proof = (): ReturnType<typeof readCredential> => readCredential(clientSecret);
  return {
    proof,
    requestToken: (request, signal) =>
      login(async () => ({ client_secret: (await proof()).expose() }), request, signal),
  };
}
