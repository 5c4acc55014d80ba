import { credentialSchema, type CredentialSetting } from '../../core/credential-setting.ts';
import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import { endpointProblem, parseEndpoint } from '../../transport/endpoint.ts';
import { tlsProblem, tlsSchema, type TlsFiles } from '../../transport/tls-options.ts';

const trim = (path: string): string => path.replaceAll(/^\/+|\/+$/g, '');
const name = { type: 'string', pattern: '[^/]', expected: 'a path of at least one segment' };

/** The keys of a Vault instance, described as data. Defaults within `auth` depend on its method; `parseOptions` has them. */
export const vaultSchema = {
  properties: {
    address: { type: 'string', minLength: 1, expected: 'a URL' },
    mount: { ...name, default: 'secret' },
    namespace: {
      type: 'string',
      pattern: '^[!-~]*[!-.0-~][!-~]*$',
      expected: "a namespace such as 'team-a' or 'org/team'",
    },
    kvVersion: { enum: [2], default: 2 },
    auth: {
      type: 'object',
      properties: {
        method: { enum: ['token', 'approle'] },
        token: credentialSchema,
        // No secret by itself, so a literal draws no warning: that looks for this very `anyOf`.
        roleId: { anyOf: [...credentialSchema.anyOf] },
        secretId: credentialSchema,
        mount: name,
      },
      required: ['method'],
      additionalProperties: false,
    },
    revokeOnShutdown: { type: 'boolean', default: true },
    tls: tlsSchema,
    insecure: { type: 'boolean', default: false },
  },
  required: ['auth'],
} as const;

export type VaultAuth =
  | { readonly method: 'token'; readonly token: CredentialSetting }
  | {
      readonly method: 'approle';
      readonly roleId: CredentialSetting;
      readonly secretId: CredentialSetting;
      readonly mount: string;
    };

/** The options as the provider uses them. */
export interface VaultOptions {
  readonly endpoint: URL;
  /** Without slashes at its ends, as `namespace` and the login's mount. */
  readonly mount: string;
  readonly namespace?: string;
  readonly auth: VaultAuth;
  readonly revokeOnShutdown: boolean;
  readonly tls: TlsFiles;
}

/** What fits the schema once its defaults are filled in. */
interface RawOptions {
  readonly address?: string;
  readonly mount: string;
  readonly namespace?: string;
  readonly auth: {
    readonly method: VaultAuth['method'];
    readonly token?: CredentialSetting;
    readonly roleId?: CredentialSetting;
    readonly secretId?: CredentialSetting;
    readonly mount?: string;
  };
  readonly revokeOnShutdown: boolean;
  readonly tls?: TlsFiles;
  readonly insecure: boolean;
}

type Problem = { readonly key: string; readonly message: string };

/** Which credentials each method takes; all of them are needed. */
const credentialsOf = { token: ['token'], approle: ['roleId', 'secretId'] } as const;
const allCredentials = ['token', 'roleId', 'secretId'] as const;

/** Problems that the schema cannot tell, each as the end of a sentence that begins with its key. */
export function checkOptions(options: unknown): readonly Problem[] {
  const raw = toRaw(options);
  const problems: Problem[] = [];
  const add = (key: string, message: string | undefined): void => {
    if (message !== undefined) problems.push({ key, message });
  };
  add('address', addressProblem(raw));
  add('mount', mountProblem(raw.mount));
  add('auth.mount', mountProblem(raw.auth.mount));
  add('tls', raw.tls && tlsProblem(raw.tls));
  const { method } = raw.auth;
  const wanted: readonly string[] = credentialsOf[method];
  for (const key of allCredentials) {
    const isThere = raw.auth[key] !== undefined;
    if (wanted.includes(key) && !isThere) add('auth', `needs '${key}' with the method '${method}'`);
    if (!wanted.includes(key) && isThere) add(`auth.${key}`, `is not used by the method '${method}'`);
  }
  if (method === 'token' && raw.auth.mount !== undefined) add('auth.mount', "is not used by the method 'token'");
  return problems;
}

/** @throws ConfigurationError for the first problem of `checkOptions`. */
export function parseOptions(options: unknown): VaultOptions {
  const raw = toRaw(options);
  const [problem] = checkOptions(raw);
  if (problem !== undefined)
    throw new ConfigurationError(
      addressOf(raw) === undefined ? 'MissingEndpoint' : 'InvalidProvider',
      `'${problem.key}' ${problem.message}`,
    );
  return Object.freeze({
    endpoint: parseEndpoint(addressOf(raw) ?? '', { option: 'address', insecure: raw.insecure }),
    mount: trim(raw.mount),
    ...(raw.namespace !== undefined && { namespace: trim(raw.namespace) }),
    auth: toAuth(raw.auth),
    revokeOnShutdown: raw.revokeOnShutdown,
    tls: raw.tls ?? {},
  });
}

const addressOf = (raw: RawOptions): string | undefined => raw.address ?? process.env['VAULT_ADDR'];

const mountProblem = (mount = 'secret'): string | undefined =>
  trim(mount)
    .split('/')
    .some((segment) => ['', '.', '..'].includes(segment))
    ? 'must be the path of a mount'
    : undefined;

function addressProblem(raw: RawOptions): string | undefined {
  const address = addressOf(raw);
  return address === undefined || address === ''
    ? "is needed, here or in the environment variable 'VAULT_ADDR'"
    : endpointProblem(address, raw.insecure);
}

function toAuth(auth: RawOptions['auth']): VaultAuth {
  // `checkOptions` has seen to it that what a method needs is there.
  if (auth.method === 'token') return { method: 'token', token: auth.token ?? '' };
  const mount = trim(auth.mount ?? 'approle');
  return { method: 'approle', roleId: auth.roleId ?? '', secretId: auth.secretId ?? '', mount };
}

// The one cast: the configuration has been validated against `vaultSchema`, with its defaults.
const toRaw = (options: unknown): RawOptions => options as RawOptions;
