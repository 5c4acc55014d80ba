import { access, constants } from 'node:fs/promises';
import { Redacted } from '../../core/redacted.ts';
import { createAppService } from './app-service.ts';
import { createAzureArc } from './azure-arc.ts';
import { type AzureCredential, CredentialUnavailableError } from './azure-credential.ts';
import type { AzureTools } from './azure-tools.ts';
import { variable } from '../../core/environment.ts';
import { createImds } from './imds.ts';
import type { ManagedIdentityId } from './managed-identity-id.ts';

/** Where the agent of Azure Arc is on a machine. */
export interface ArcPlaces {
  /** The program, by which it is found when the environment does not tell of it. */
  readonly program: string;
  /** The folder of key files, which only the agent writes to and only its group reads. */
  readonly keys: string;
}

const ARC_PLACES: ArcPlaces = { program: '/opt/azcmagent/bin/himds', keys: '/var/opt/azcmagent/tokens' };
const ARC_ENDPOINT = 'http://127.0.0.1:40342/metadata/identity/oauth2/token';

export interface ManagedIdentityOptions {
  readonly id: ManagedIdentityId;
  /** As one of a chain, where it must be quick to tell that there is none. */
  readonly isProbed: boolean;
  readonly arc?: ArcPlaces;
}

/** The identity that Azure gives to a machine, an app or a cluster: from the service that the environment tells of. */
export function createManagedIdentity(tools: AzureTools, options: ManagedIdentityOptions): AzureCredential {
  return {
    // What a metadata service is asked with never changes, so there is nothing to compare.
    proof: async () => new Redacted(''),
    async requestToken(request, signal) {
      const source = await selectSource(tools, options);
      return source.requestToken(request, signal);
    },
  };
}

/** In the order of the libraries of Azure. */
async function selectSource(tools: AzureTools, options: ManagedIdentityOptions): Promise<AzureCredential> {
  const { id, isProbed, arc = ARC_PLACES } = options;
  const endpoint = variable(tools.env, 'IDENTITY_ENDPOINT');
  const header = variable(tools.env, 'IDENTITY_HEADER');
  if (endpoint !== undefined && header !== undefined) {
    if (variable(tools.env, 'IDENTITY_SERVER_THUMBPRINT') !== undefined) throw unsupported('Service Fabric');
    return createAppService(tools, { endpoint: toUrl(endpoint), header: new Redacted(header), id });
  }
  if (variable(tools.env, 'MSI_ENDPOINT') !== undefined) throw unsupported('Cloud Shell and Machine Learning');
  if (endpoint !== undefined && variable(tools.env, 'IMDS_ENDPOINT') !== undefined)
    return createAzureArc(tools, { endpoint: toUrl(endpoint), id, folder: arc.keys });
  if (await isReadable(arc.program))
    return createAzureArc(tools, { endpoint: new URL(ARC_ENDPOINT), id, folder: arc.keys });
  return createImds(tools, { id, isProbed });
}

function toUrl(endpoint: string): URL {
  const url = URL.parse(endpoint);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new CredentialUnavailableError("the environment variable 'IDENTITY_ENDPOINT' must be a URL");
}

const isReadable = (path: string): Promise<boolean> =>
  access(path, constants.R_OK).then(
    () => true,
    () => false,
  );

const unsupported = (where: string): CredentialUnavailableError =>
  new CredentialUnavailableError(`the managed identity of ${where} is not supported`);
