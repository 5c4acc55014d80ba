import type { CredentialSetting } from '../../core/credential-setting.ts';
import type { AzureAuth } from '../../credentials/azure/auth-settings.ts';
import { type Environment, variable } from '../../core/environment.ts';
import { isTenant } from '../../credentials/azure/tenant.ts';

/** `auth` as it is written, once its default method is filled in. */
export interface RawAuth {
  readonly method: AzureAuth['method'];
  readonly tenantId?: string;
  readonly clientId?: string;
  readonly clientSecret?: CredentialSetting;
  readonly certificate?: CredentialSetting;
  readonly password?: CredentialSetting;
  readonly algorithm?: 'PS256' | 'RS256';
  readonly sendChain?: boolean;
  readonly tokenFile?: string;
  readonly objectId?: string;
  readonly resourceId?: string;
}

type Key = Exclude<keyof RawAuth, 'method'>;

interface MethodKeys {
  readonly needed: readonly Key[];
  readonly optional: readonly Key[];
}

const KEYS: Readonly<Record<AzureAuth['method'], MethodKeys>> = {
  chain: { needed: [], optional: [] },
  'client-secret': { needed: ['tenantId', 'clientId', 'clientSecret'], optional: [] },
  'client-certificate': {
    needed: ['tenantId', 'clientId', 'certificate'],
    optional: ['password', 'algorithm', 'sendChain'],
  },
  'workload-identity': { needed: ['tenantId', 'clientId', 'tokenFile'], optional: [] },
  'managed-identity': { needed: [], optional: ['clientId', 'objectId', 'resourceId'] },
};

const ALL: readonly Key[] = [
  'tenantId',
  'clientId',
  'clientSecret',
  'certificate',
  'password',
  'algorithm',
  'sendChain',
  'tokenFile',
  'objectId',
  'resourceId',
];

/** What may come from the environment instead: a pod with workload identity has all three. */
const VARIABLES: ReadonlyMap<Key, string> = new Map([
  ['tenantId', 'AZURE_TENANT_ID'],
  ['clientId', 'AZURE_CLIENT_ID'],
  ['tokenFile', 'AZURE_FEDERATED_TOKEN_FILE'],
]);

type Problem = { readonly key: string; readonly message: string };

/** Problems that the schema cannot tell, each as the end of a sentence that begins with its key. */
export function authProblems(auth: RawAuth, env: Environment): readonly Problem[] {
  const { method } = auth;
  const { needed, optional } = KEYS[method];
  const filled = fillIn(auth, env);
  const problems: Problem[] = [];
  for (const key of ALL) {
    if (needed.includes(key) && filled[key] === undefined)
      problems.push({ key: 'auth', message: `needs '${key}'${orVariable(key)} with the method '${method}'` });
    if (!needed.includes(key) && !optional.includes(key) && auth[key] !== undefined)
      problems.push({ key: `auth.${key}`, message: `is not used by the method '${method}'` });
  }
  if (filled.tenantId !== undefined && needed.includes('tenantId') && !isTenant(filled.tenantId))
    problems.push({ key: 'auth.tenantId', message: 'must be the id or a domain of a tenant' });
  const ids = [auth.clientId, auth.objectId, auth.resourceId].filter((id) => id !== undefined);
  if (method === 'managed-identity' && ids.length > 1)
    problems.push({ key: 'auth', message: "takes one of 'clientId', 'objectId' and 'resourceId'" });
  return problems;
}

/** @param auth has no problem. */
export function toAuth(auth: RawAuth, env: Environment): AzureAuth {
  const { method } = auth;
  const { tenantId = '', clientId = '', clientSecret = '', certificate = '', tokenFile = '' } = fillIn(auth, env);
  const { password, algorithm = 'PS256', sendChain = false } = auth;
  if (method === 'chain') return { method };
  if (method === 'client-secret') return { method, tenantId, clientId, clientSecret };
  if (method === 'workload-identity') return { method, tenantId, clientId, tokenFile };
  if (method === 'managed-identity') return { ...auth, method };
  const key = password === undefined ? { certificate } : { certificate, password };
  return { method, tenantId, clientId, ...key, algorithm, sendChain };
}

function fillIn(auth: RawAuth, env: Environment): RawAuth {
  if (auth.method === 'chain' || auth.method === 'managed-identity') return auth;
  const found = [...VARIABLES].flatMap(([key, name]) => {
    const value = variable(env, name);
    return value === undefined || !KEYS[auth.method].needed.includes(key) ? [] : [[key, value]];
  });
  return { ...Object.fromEntries(found), ...auth };
}

function orVariable(key: Key): string {
  const name = VARIABLES.get(key);
  return name === undefined ? '' : `, or '${name}' in the environment,`;
}
