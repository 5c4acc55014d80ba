import { Redacted } from '../../core/redacted.ts';
import type { AzureCredential } from './azure-credential.ts';
import type { AzureTools } from './azure-tools.ts';
import { identityQuery, type ManagedIdentityId } from './managed-identity-id.ts';
import { fetchMetadataToken } from './metadata-token.ts';

export interface AppServiceOptions {
  readonly endpoint: URL;
  /** Shows the service that the request comes from within the application. */
  readonly header: Redacted;
  readonly id: ManagedIdentityId;
}

/** The token service of App Service, Functions and Container Apps. */
export function createAppService(tools: AzureTools, { endpoint, header, id }: AppServiceOptions): AzureCredential {
  return {
    proof: async () => header,
    requestToken: ({ resource }, signal) =>
      fetchMetadataToken(tools, {
        source: 'the managed identity of this app',
        endpoint,
        query: { 'api-version': '2019-08-01', resource, ...identityQuery(id, 'mi_res_id') },
        headers: { 'X-IDENTITY-HEADER': header.expose() },
        signal,
      }),
  };
}
