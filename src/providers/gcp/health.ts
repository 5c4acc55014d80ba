import type { GcpCredentials, GcpIdentity } from '../../credentials/gcp/credentials.ts';
import { type Ask, bodyOf, type GcpClient } from './client.ts';
import { missingPermission } from './errors.ts';
import type { ResourceNames } from './resource-names.ts';

/** A secret that need not exist: where all may be read, the store says that it does not. */
const PROBE = 'keyfob-health-check';

export interface HealthOptions {
  readonly client: GcpClient;
  readonly identity: GcpIdentity;
  readonly names: ResourceNames;
  readonly project: string;
}

/**
 * Who we are, and what IAM lets us do in the project. A missing role is told and is no failure: it may be granted secret
 * by secret, which shows at those secrets only.
 * @throws AuthenticationError, ProviderError with what is wrong with the identity, the project or the API.
 */
export async function checkHealth(options: HealthOptions, signal: AbortSignal): Promise<readonly string[]> {
  const { client, identity, names } = options;
  const credentials = await identity.credentials(signal);
  const isAllowed = async (ask: Ask): Promise<boolean> => {
    const answer = await client(ask, signal);
    if (!('failure' in answer) || answer.failure.status === 'NOT_FOUND') return true;
    if (missingPermission(answer.failure) !== undefined) return false;
    bodyOf(answer, { id: PROBE });
    return true;
  };
  const [mayList, mayRead] = await Promise.all([
    isAllowed({ method: 'GET', path: names.secrets, query: { pageSize: '1' } }),
    isAllowed({ method: 'GET', path: `${names.version(PROBE, 'latest')}:access` }),
  ]);
  return [toWho(credentials), toRights(options.project, mayList, mayRead), ...toHint(options, credentials, mayRead)];
}

const toWho = ({ account, source }: GcpCredentials): string =>
  `the identity is ${account === undefined ? 'that' : `'${account}'`} of ${source}`;

function toRights(project: string, mayList: boolean, mayRead: boolean): string {
  if (mayList && mayRead) return `it may list and read the secrets of the project '${project}'`;
  if (mayRead) return `it may read the secrets of the project '${project}' and not list them`;
  const role =
    "the role 'Secret Manager Secret Accessor' is missing on it, so it can read only secrets with a grant of their own";
  return mayList
    ? `it may list the secrets of the project '${project}', but ${role}`
    : `it has no rights in the project '${project}', or there is none of that name: ${role}`;
}

/** A key of another project is often a slip. */
const toHint = ({ project }: HealthOptions, { projectId }: GcpCredentials, mayRead: boolean): readonly string[] =>
  mayRead || projectId === undefined || projectId === project
    ? []
    : [`the credential is of the project '${projectId}'`];
