import { type AzureCredential, CredentialUnavailableError } from './azure-credential.ts';
import type { AzureTools } from './azure-tools.ts';
import { createCredentialChain } from './credential-chain.ts';
import { environmentClient } from './environment-client.ts';
import { createEnvironmentCredential } from './environment-credential.ts';
import { variable } from '../../core/environment.ts';
import { createFailingCredential } from './failing-credential.ts';
import { type ArcPlaces, createManagedIdentity } from './managed-identity.ts';
import { createWorkloadIdentity } from './workload-identity.ts';

export interface DefaultChainOptions {
  readonly authority: URL;
  readonly arc?: ArcPlaces;
}

/**
 * What a program finds in its environment, in the order of the libraries of Azure: an application, workload identity,
 * managed identity. `AZURE_TOKEN_CREDENTIALS` picks one of them. The accounts of developer tools, with which their chain
 * ends, are none for a daemon.
 */
export function createDefaultChain(tools: AzureTools, options: DefaultChainOptions): AzureCredential {
  const environment = createEnvironmentCredential(tools, options.authority);
  const federation = createFederation(tools, options.authority);
  const workload = federation ?? createFailingCredential(notFederated);
  switch (variable(tools.env, 'AZURE_TOKEN_CREDENTIALS')?.trim().toLowerCase()) {
    case undefined:
    case 'prod':
      return createCredentialChain([environment, workload, createManaged(tools, options, true)]);
    case 'environmentcredential':
      return environment;
    case 'workloadidentitycredential':
      return workload;
    case 'managedidentitycredential':
      // In a pod with workload identity the libraries find it under this name, too.
      return federation ?? createManaged(tools, options, false);
    default:
      return createFailingCredential(
        () => new CredentialUnavailableError("'AZURE_TOKEN_CREDENTIALS' names no credential that a daemon can use"),
      );
  }
}

const notFederated = (): CredentialUnavailableError =>
  new CredentialUnavailableError(
    "the environment holds no 'AZURE_TENANT_ID', 'AZURE_CLIENT_ID' and 'AZURE_FEDERATED_TOKEN_FILE'",
  );

/** A cluster with workload identity sets these three in each pod. */
function createFederation(tools: AzureTools, authority: URL): AzureCredential | undefined {
  const client = environmentClient(tools.env, authority);
  const tokenFile = variable(tools.env, 'AZURE_FEDERATED_TOKEN_FILE');
  return client && tokenFile !== undefined ? createWorkloadIdentity(tools, client, tokenFile) : undefined;
}

function createManaged(tools: AzureTools, { arc }: DefaultChainOptions, isProbed: boolean): AzureCredential {
  const clientId = variable(tools.env, 'AZURE_CLIENT_ID');
  const id = clientId === undefined ? {} : { clientId };
  return createManagedIdentity(tools, { id, isProbed, ...(arc !== undefined && { arc }) });
}
