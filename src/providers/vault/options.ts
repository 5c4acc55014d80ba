import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import { parsePathPattern, type PathPattern } from '../../core/path-pattern.ts';
import { endpointProblem, parseEndpoint } from '../../transport/endpoint.ts';
import { tlsProblem, tlsSchema, type TlsFiles } from '../../transport/tls-options.ts';
import { authSchema, checkAuth, toAuth, type RawAuth, type VaultAuth } from './auth-options.ts';
import { mountProblem, mountSchema, trimSlashes } from './mount-path.ts';
import type { KvVersion } from './mount-version.ts';
import { parseRotateRules, rotateProblem, type RotateRule } from './rotate-endpoint.ts';

/** The keys of a Vault instance, described as data. */
export const vaultSchema = {
  properties: {
    address: { type: 'string', minLength: 1, expected: 'a URL' },
    mount: { ...mountSchema, default: 'secret' },
    namespace: {
      type: 'string',
      pattern: '^[!-~]*[!-.0-~][!-~]*$',
      expected: "a namespace such as 'team-a' or 'org/team'",
    },
    kvVersion: { enum: [1, 2] },
    leased: { type: 'array', items: { pathPattern: true }, uniqueItems: true, default: [] },
    rotate: { type: 'object', additionalProperties: { type: 'string', minLength: 1 }, default: {} },
    auth: authSchema,
    revokeOnShutdown: { type: 'boolean', default: true },
    tls: tlsSchema,
    insecure: { type: 'boolean', default: false },
  },
  required: ['auth'],
} as const;

/** The options as the provider uses them. */
export interface VaultOptions {
  readonly endpoint: URL;
  /** Without slashes at its ends, as `namespace` and the login's mount. */
  readonly mount: string;
  readonly namespace?: string;
  /** Of the engine at `mount`; found out when left out. */
  readonly kvVersion?: KvVersion;
  /** Paths that are read as they are, outside the KV engine. */
  readonly leased: readonly PathPattern[];
  readonly rotate: readonly RotateRule[];
  readonly auth: VaultAuth;
  readonly revokeOnShutdown: boolean;
  readonly tls: TlsFiles;
}

/** What fits the schema once its defaults are filled in. */
interface RawOptions {
  readonly address?: string;
  readonly mount: string;
  readonly namespace?: string;
  readonly kvVersion?: KvVersion;
  readonly leased?: readonly string[];
  readonly rotate?: Readonly<Record<string, string>>;
  readonly auth: RawAuth;
  readonly revokeOnShutdown: boolean;
  readonly tls?: TlsFiles;
  readonly insecure: boolean;
}

type Problem = { readonly key: string; readonly message: string };

/** Problems that the schema cannot tell, each as the end of a sentence that begins with its key. */
export function checkOptions(options: unknown): readonly Problem[] {
  const raw = toRaw(options);
  const problems: Problem[] = [];
  const add = (key: string, message: string | undefined): void => {
    if (message !== undefined) problems.push({ key, message });
  };
  add('address', addressProblem(raw));
  add('mount', mountProblem(raw.mount));
  for (const [pattern, endpoint] of Object.entries(raw.rotate ?? {})) add('rotate', rotateProblem(pattern, endpoint));
  add('tls', raw.tls && tlsProblem(raw.tls));
  return [...problems, ...checkAuth(raw.auth, raw.tls)];
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
    mount: trimSlashes(raw.mount),
    ...(raw.namespace !== undefined && { namespace: trimSlashes(raw.namespace) }),
    ...(raw.kvVersion !== undefined && { kvVersion: raw.kvVersion }),
    leased: (raw.leased ?? []).map(parsePathPattern),
    rotate: parseRotateRules(raw.rotate ?? {}),
    auth: toAuth(raw.auth),
    revokeOnShutdown: raw.revokeOnShutdown,
    tls: raw.tls ?? {},
  });
}

const addressOf = (raw: RawOptions): string | undefined => raw.address ?? process.env['VAULT_ADDR'];

function addressProblem(raw: RawOptions): string | undefined {
  const address = addressOf(raw);
  return address === undefined || address === ''
    ? "is needed, here or in the environment variable 'VAULT_ADDR'"
    : endpointProblem(address, raw.insecure);
}

// The one cast: the configuration has been validated against `vaultSchema`, with its defaults.
const toRaw = (options: unknown): RawOptions => options as RawOptions;
