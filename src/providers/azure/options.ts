import { credentialSchema } from '../../core/credential-setting.ts';
import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import { defaultAuthority } from '../../credentials/azure/authority.ts';
import type { AzureAuth } from '../../credentials/azure/auth-settings.ts';
import { endpointProblem, parseEndpoint } from '../../transport/endpoint.ts';
import { tlsProblem, tlsSchema, type TlsFiles } from '../../transport/tls-options.ts';
import { authProblems, type RawAuth, toAuth } from './auth-options.ts';

const text = { type: 'string', minLength: 1 };
const url = { ...text, expected: 'a URL' };
const tenant = {
  ...text,
  pattern: '^[0-9a-zA-Z.-]*[0-9a-zA-Z-][0-9a-zA-Z.-]*$',
  expected: 'the id or a domain of a tenant',
};

/** The keys of an Azure Key Vault instance, described as data. Which of `auth` a method takes is in `auth-options.ts`. */
export const azureSchema = {
  properties: {
    vaultUrl: { ...url, expected: "a URL such as 'https://shop.vault.azure.net'" },
    auth: {
      type: 'object',
      properties: {
        method: {
          enum: ['chain', 'client-secret', 'client-certificate', 'workload-identity', 'managed-identity'],
          default: 'chain',
        },
        tenantId: tenant,
        clientId: text,
        clientSecret: credentialSchema,
        certificate: credentialSchema,
        password: credentialSchema,
        algorithm: { enum: ['PS256', 'RS256'] },
        sendChain: { type: 'boolean' },
        tokenFile: text,
        objectId: text,
        resourceId: text,
      },
      additionalProperties: false,
      default: {},
    },
    authorityHost: url,
    verifyChallenge: { type: 'boolean', default: true },
    enforceExpiry: { type: 'boolean', default: false },
    tls: tlsSchema,
    insecure: { type: 'boolean', default: false },
  },
  required: ['vaultUrl'],
} as const;

/** The options as the provider uses them. */
export interface AzureOptions {
  readonly vault: URL;
  readonly auth: AzureAuth;
  readonly authority: URL;
  readonly verifyChallenge: boolean;
  readonly enforceExpiry: boolean;
  readonly tls: TlsFiles;
}

/** What fits the schema once its defaults are filled in. */
interface RawOptions {
  readonly vaultUrl: string;
  readonly auth: RawAuth;
  readonly authorityHost?: string;
  readonly verifyChallenge: boolean;
  readonly enforceExpiry: boolean;
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
  const vaultProblem = vaultUrlProblem(raw);
  add('vaultUrl', vaultProblem);
  if (vaultProblem === undefined) add('authorityHost', endpointProblem(authorityOf(raw), raw.insecure));
  add('tls', raw.tls && tlsProblem(raw.tls));
  return [...problems, ...authProblems(raw.auth, process.env)];
}

/** @throws ConfigurationError for the first problem of `checkOptions`. */
export function parseOptions(options: unknown): AzureOptions {
  const raw = toRaw(options);
  const [problem] = checkOptions(raw);
  if (problem !== undefined) throw new ConfigurationError('InvalidProvider', `'${problem.key}' ${problem.message}`);
  const { insecure, verifyChallenge, enforceExpiry } = raw;
  return Object.freeze({
    vault: parseEndpoint(raw.vaultUrl, { option: 'vaultUrl', insecure }),
    auth: toAuth(raw.auth, process.env),
    authority: parseEndpoint(authorityOf(raw), { option: 'authorityHost', insecure }),
    verifyChallenge,
    enforceExpiry,
    tls: raw.tls ?? {},
  });
}

function vaultUrlProblem({ vaultUrl, insecure }: RawOptions): string | undefined {
  const problem = endpointProblem(vaultUrl, insecure);
  if (problem !== undefined) return problem;
  return new URL(vaultUrl).pathname === '/'
    ? undefined
    : 'must not hold a path: it names the vault, not a secret in it';
}

const authorityOf = ({ authorityHost, vaultUrl }: RawOptions): string =>
  authorityHost ?? defaultAuthority(new URL(vaultUrl).hostname, process.env);

// The one cast: the configuration has been validated against `azureSchema`, with its defaults.
const toRaw = (options: unknown): RawOptions => options as RawOptions;
