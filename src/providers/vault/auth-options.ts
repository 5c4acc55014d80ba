import { credentialSchema, type CredentialSetting } from '../../core/credential-setting.ts';
import type { TlsFiles } from '../../transport/tls-options.ts';
import type { AwsAuth } from './auth-aws.ts';
import { mountProblem, mountSchema, trimSlashes } from './mount-path.ts';

const role = { type: 'string', minLength: 1, expected: 'the name of a role' } as const;
const file = { type: 'string', minLength: 1, expected: 'the path of a file' } as const;

/** JSON schema of `auth`. Which keys there may be depends on the method: see `KEYS_OF`. */
export const authSchema = {
  type: 'object',
  properties: {
    method: { enum: ['token', 'approle', 'kubernetes', 'jwt', 'cert', 'aws'] },
    token: credentialSchema,
    // No secret by itself, so a literal draws no warning: that looks for this very `anyOf`.
    roleId: { anyOf: [...credentialSchema.anyOf] },
    secretId: credentialSchema,
    wrappedSecretId: credentialSchema,
    role,
    jwt: credentialSchema,
    jwtPath: file,
    name: role,
    region: { type: 'string', pattern: '^[a-z0-9-]+$', expected: 'a region such as eu-central-1' },
    headerValue: { type: 'string', minLength: 1, expected: "the store's 'iam_server_id_header_value'" },
    mount: mountSchema,
  },
  required: ['method'],
  additionalProperties: false,
} as const;

/** Where Kubernetes mounts a token of the pod's service account. */
const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

export interface TokenAuth {
  readonly method: 'token';
  readonly token: CredentialSetting;
}

interface WithMount {
  /** Without slashes at its ends. */
  readonly mount: string;
}

/** Has one of the secret ids. */
export interface ApproleAuth extends WithMount {
  readonly method: 'approle';
  readonly roleId: CredentialSetting;
  readonly secretId?: CredentialSetting;
  /** A wrapping token, which gives the secret id once. */
  readonly wrappedSecretId?: CredentialSetting;
}

export interface KubernetesAuth extends WithMount {
  readonly method: 'kubernetes';
  readonly role: string;
  readonly jwtPath: string;
}

export interface JwtAuth extends WithMount {
  readonly method: 'jwt';
  /** When left out, the store's `default_role`. */
  readonly role?: string;
  readonly jwt: CredentialSetting;
}

export interface CertAuth extends WithMount {
  readonly method: 'cert';
  /** The role to try; when left out, the store tries all of them. */
  readonly name?: string;
}

export type VaultAuth = TokenAuth | ApproleAuth | KubernetesAuth | JwtAuth | CertAuth | AwsAuth;

/** What fits the schema. */
export interface RawAuth {
  readonly method: VaultAuth['method'];
  readonly token?: CredentialSetting;
  readonly roleId?: CredentialSetting;
  readonly secretId?: CredentialSetting;
  readonly wrappedSecretId?: CredentialSetting;
  readonly role?: string;
  readonly jwt?: CredentialSetting;
  readonly jwtPath?: string;
  readonly name?: string;
  readonly region?: string;
  readonly headerValue?: string;
  readonly mount?: string;
}

type Key = Exclude<keyof RawAuth, 'method'>;
interface Keys {
  readonly needs?: readonly Key[];
  /** Exactly one of them is needed. */
  readonly needsOneOf?: readonly Key[];
  readonly takes?: readonly Key[];
  readonly needsCertificate?: boolean;
}

const KEYS_OF: Readonly<Record<VaultAuth['method'], Keys>> = {
  token: { needs: ['token'] },
  approle: { needs: ['roleId'], needsOneOf: ['secretId', 'wrappedSecretId'], takes: ['mount'] },
  kubernetes: { needs: ['role'], takes: ['jwtPath', 'mount'] },
  jwt: { needsOneOf: ['jwt', 'jwtPath'], takes: ['role', 'mount'] },
  cert: { takes: ['name', 'mount'], needsCertificate: true },
  aws: { needs: ['role'], takes: ['region', 'headerValue', 'mount'] },
};

interface Problem {
  readonly key: string;
  readonly message: string;
}

/** Problems that the schema cannot tell, each as the end of a sentence that begins with its key. */
export function checkAuth(auth: RawAuth, tls: TlsFiles | undefined): readonly Problem[] {
  const { mount, method, ...others } = auth;
  const { needs = [], needsOneOf = [], takes = [], needsCertificate = false } = KEYS_OF[method];
  const given = new Map(Object.entries({ mount, ...others }).filter(([, value]) => value !== undefined));
  const missing = needs.filter((key) => !given.has(key)).map((key) => `'${key}'`);
  if (needsOneOf.length > 0 && needsOneOf.filter((key) => given.has(key)).length !== 1)
    missing.push(`either ${needsOneOf.map((key) => `'${key}'`).join(' or ')}`);
  if (needsCertificate && tls?.cert === undefined) missing.push("'cert' and 'key' in 'tls'");
  const known: readonly string[] = [...needs, ...needsOneOf, ...takes];
  const unused = [...given.keys()].filter((key) => !known.includes(key));
  const wrongMount = mount === undefined || unused.includes('mount') ? undefined : mountProblem(mount);
  return [
    ...missing.map((what) => ({ key: 'auth', message: `needs ${what} with the method '${method}'` })),
    ...unused.map((key) => ({ key: `auth.${key}`, message: `is not used by the method '${method}'` })),
    ...(wrongMount === undefined ? [] : [{ key: 'auth.mount', message: wrongMount }]),
  ];
}

/** Fills in what depends on the method. `checkAuth` has seen to it that what a method needs is there. */
export function toAuth(auth: RawAuth): VaultAuth {
  const { method, role: roleName, name } = auth;
  const mount = trimSlashes(auth.mount ?? method);
  switch (method) {
    case 'token':
      return { method, token: auth.token ?? '' };
    case 'approle': {
      const { roleId = '', secretId, wrappedSecretId } = auth;
      return { method, mount, roleId, ...(secretId && { secretId }), ...(wrappedSecretId && { wrappedSecretId }) };
    }
    case 'kubernetes':
      return { method, mount, role: roleName ?? '', jwtPath: auth.jwtPath ?? SERVICE_ACCOUNT_TOKEN };
    case 'jwt': {
      const jwt = auth.jwt ?? { file: auth.jwtPath ?? '' };
      return { method, mount, jwt, ...(roleName !== undefined && { role: roleName }) };
    }
    case 'aws':
      return { method, mount, role: roleName ?? '', region: auth.region, headerValue: auth.headerValue };
    case 'cert':
    default:
      return { method, mount, ...(name !== undefined && { name }) };
  }
}
