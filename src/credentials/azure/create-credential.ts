import type { AzureAuth } from './auth-settings.ts';
import type { AzureCredential } from './azure-credential.ts';
import type { AzureTools } from './azure-tools.ts';
import { createClientCertificate } from './client-certificate.ts';
import { createClientSecret } from './client-secret.ts';
import { createDefaultChain } from './default-chain.ts';
import { createManagedIdentity } from './managed-identity.ts';
import { createWorkloadIdentity } from './workload-identity.ts';

/** The configured way to get tokens. Does no I/O. */
export function createCredential(tools: AzureTools, auth: AzureAuth, authority: URL): AzureCredential {
  if (auth.method === 'chain') return createDefaultChain(tools, { authority });
  if (auth.method === 'managed-identity') return createManagedIdentity(tools, { id: auth, isProbed: false });
  const client = { tenantId: auth.tenantId, clientId: auth.clientId, authority };
  if (auth.method === 'client-secret') return createClientSecret(tools, client, auth.clientSecret);
  if (auth.method === 'client-certificate') return createClientCertificate(tools, client, auth);
  return createWorkloadIdentity(tools, client, auth.tokenFile);
}
