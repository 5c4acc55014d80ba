import { readCredential } from '../../core/credential-setting.ts';
import { assertionFields } from './assertion.ts';
import type { AzureCredential } from './azure-credential.ts';
import type { AzureTools } from './azure-tools.ts';
import { createEntraLogin, type EntraClient } from './entra-login.ts';

/** A token of another issuer, such as a Kubernetes cluster, that rotates in a file: read anew for each login. */
export function createWorkloadIdentity(tools: AzureTools, client: EntraClient, tokenFile: string): AzureCredential {
  const login = createEntraLogin(tools, { ...client, source: 'workload identity federation' });
  const proof = (): ReturnType<typeof readCredential> => readCredential({ file: tokenFile });
  return {
    proof,
    requestToken: (request, signal) => login(async () => assertionFields((await proof()).expose()), request, signal),
  };
}
