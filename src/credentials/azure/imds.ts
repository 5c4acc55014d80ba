import { SecretsError } from '../../core/errors/secrets-error.ts';
import { withDeadline } from '../../core/deadline.ts';
import { Redacted } from '../../core/redacted.ts';
import { type AzureCredential, CredentialUnavailableError } from './azure-credential.ts';
import type { AzureTools } from './azure-tools.ts';
import { variable } from '../../core/environment.ts';
import { identityQuery, type ManagedIdentityId } from './managed-identity-id.ts';
import { askMetadata, fetchMetadataToken } from './metadata-token.ts';

const HOST = 'http://169.254.169.254';
const PATH = '/metadata/identity/oauth2/token';
const SOURCE = 'the managed identity of this machine';
const PROBE_TIMEOUT_MS = 1_000;

export interface ImdsOptions {
  readonly id: ManagedIdentityId;
  /** Looks first whether there is such a service, so that a chain does not wait for long where there is none. */
  readonly isProbed: boolean;
}

/** The metadata service of virtual machines and of Kubernetes nodes in Azure. */
export function createImds(tools: AzureTools, { id, isProbed }: ImdsOptions): AzureCredential {
  const host = variable(tools.env, 'AZURE_POD_IDENTITY_AUTHORITY_HOST');
  return {
    proof: async () => new Redacted(''),
    async requestToken({ resource }, signal) {
      const endpoint = URL.parse(PATH, host ?? HOST);
      if (endpoint === null) throw new CredentialUnavailableError("'AZURE_POD_IDENTITY_AUTHORITY_HOST' must be a URL");
      // A host that was named is believed to be there, as the libraries of Azure do.
      if (isProbed && host === undefined) await probe(tools, endpoint, signal);
      const query = { 'api-version': '2018-02-01', resource, ...identityQuery(id, 'msi_res_id') };
      return fetchMetadataToken(tools, { endpoint, query, headers: { Metadata: 'true' }, signal, source: SOURCE });
    },
  };
}

/** Without its header the service refuses, which shows that it is there. */
async function probe(tools: AzureTools, endpoint: URL, parent: AbortSignal): Promise<void> {
  const answer = withDeadline({ clock: tools.clock, timeoutMs: PROBE_TIMEOUT_MS, parent }, (signal) =>
    askMetadata(tools, { endpoint, query: {}, headers: {}, signal }),
  );
  const response = await answer.catch((error: unknown) => {
    if (error instanceof SecretsError && !parent.aborted) return undefined;
    throw error;
  });
  // What Docker Desktop answers in the place of the service.
  const isElsewhere = response?.status === 403 && response.text.includes('unreachable');
  if (response === undefined || isElsewhere)
    throw new CredentialUnavailableError('there is no metadata service of Azure here');
}
