import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import type { GcpAuth } from '../../credentials/gcp/find-source.ts';
import { DEFAULT_UNIVERSE } from '../../credentials/gcp/token-source.ts';
import { endpointProblem, parseEndpoint } from '../../transport/endpoint.ts';
import { tlsProblem, tlsSchema, type TlsFiles } from '../../transport/tls-options.ts';

const project = {
  type: 'string',
  // A number, or an id, which a domain and a colon may come before.
  pattern: '^([1-9][0-9]*|([a-z][a-z0-9.-]*:)?[a-z][a-z0-9-]*)$',
  expected: "the id of a project, such as 'shop-prod', or its number",
};

const domain = { type: 'string', pattern: '^[a-z0-9-]+([.][a-z0-9-]+)+$', expected: 'a domain' };

/** The keys of an instance of Secret Manager, described as data. */
export const gcpSchema = {
  properties: {
    project,
    location: { type: 'string', pattern: '^[a-z][a-z0-9-]*$', expected: "a region, such as 'europe-west3'" },
    endpoint: { type: 'string', minLength: 1, expected: 'a URL' },
    latestPolicy: { enum: ['strict', 'enabled'], default: 'enabled' },
    auth: {
      type: 'object',
      properties: {
        method: { enum: ['chain', 'service-account', 'metadata', 'external-account'] },
        file: { type: 'string', minLength: 1, expected: 'the path of a credential file' },
      },
      required: ['method'],
      additionalProperties: false,
    },
    quotaProject: project,
    universeDomain: domain,
    allowExecutable: { type: 'boolean', default: false },
    tls: tlsSchema,
    insecure: { type: 'boolean', default: false },
  },
} as const;

/** What to do when the newest version is disabled or destroyed: say so, or serve the newest that is enabled. */
export type LatestPolicy = 'strict' | 'enabled';

/** The options as the provider uses them. */
export interface GcpOptions {
  readonly project: string;
  /** For regional secrets. */
  readonly location?: string;
  readonly endpoint: URL;
  readonly latestPolicy: LatestPolicy;
  readonly auth: GcpAuth;
  readonly quotaProject?: string;
  readonly universeDomain: string;
  readonly allowExecutable: boolean;
  readonly insecure: boolean;
  readonly tls: TlsFiles;
}

/** What fits the schema once its defaults are filled in. */
interface RawOptions {
  readonly project?: string;
  readonly location?: string;
  readonly endpoint?: string;
  readonly latestPolicy: LatestPolicy;
  readonly auth?: { readonly method: GcpAuth['method']; readonly file?: string };
  readonly quotaProject?: string;
  readonly universeDomain?: string;
  readonly allowExecutable: boolean;
  readonly tls?: TlsFiles;
  readonly insecure: boolean;
}

type Problem = { readonly key: string; readonly message: string };

const PROJECT_VARIABLES = ['GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT'];

/** Problems that the schema cannot tell, each as the end of a sentence that begins with its key. */
export function checkOptions(options: unknown): readonly Problem[] {
  const raw = toRaw(options);
  const problems: Problem[] = [];
  const add = (key: string, message: string | undefined): void => {
    if (message !== undefined) problems.push({ key, message });
  };
  add('project', projectProblem(raw));
  add('universeDomain', fits(universeOf(raw), domain) ? undefined : `must be ${domain.expected}`);
  add('endpoint', endpointProblem(addressOf(raw), raw.insecure));
  add('tls', raw.tls && tlsProblem(raw.tls));
  if (raw.auth !== undefined) {
    const { method, file } = raw.auth;
    const needsFile = method === 'service-account' || method === 'external-account';
    if (needsFile && file === undefined) add('auth', `needs 'file' with the method '${method}'`);
    if (!needsFile && file !== undefined) add('auth.file', `is not used by the method '${method}'`);
  }
  return problems;
}

/** @throws ConfigurationError for the first problem of `checkOptions`. */
export function parseOptions(options: unknown): GcpOptions {
  const raw = toRaw(options);
  const [problem] = checkOptions(raw);
  if (problem !== undefined) throw new ConfigurationError('InvalidProvider', `'${problem.key}' ${problem.message}`);
  const { location, quotaProject } = raw;
  return Object.freeze({
    project: projectOf(raw) ?? '',
    ...(location !== undefined && { location }),
    endpoint: parseEndpoint(addressOf(raw), { option: 'endpoint', insecure: raw.insecure }),
    latestPolicy: raw.latestPolicy,
    auth: toAuth(raw.auth),
    ...(quotaProject !== undefined && { quotaProject }),
    universeDomain: universeOf(raw),
    allowExecutable: raw.allowExecutable,
    insecure: raw.insecure,
    tls: raw.tls ?? {},
  });
}

function toAuth({ method, file }: NonNullable<RawOptions['auth']> = { method: 'chain' }): GcpAuth {
  // `checkOptions` has seen to it that a method that needs a file has one.
  return method === 'chain' || method === 'metadata' ? { method } : { method, file: file ?? '' };
}

const projectOf = (raw: RawOptions): string | undefined =>
  raw.project ??
  PROJECT_VARIABLES.map((name) => process.env[name]).find((value) => value !== undefined && value !== '');

function projectProblem(raw: RawOptions): string | undefined {
  const value = projectOf(raw);
  if (value === undefined) return "is needed, here or in the environment variable 'GOOGLE_CLOUD_PROJECT'";
  return fits(value, project) ? undefined : `must be ${project.expected}`;
}

const universeOf = (raw: RawOptions): string =>
  raw.universeDomain ?? (process.env['GOOGLE_CLOUD_UNIVERSE_DOMAIN'] || DEFAULT_UNIVERSE);

/** What comes from the environment has not met the schema. */
const fits = (value: string, { pattern }: { readonly pattern: string }): boolean => new RegExp(pattern).test(value);

/** Regional secrets are served by their region alone. */
function addressOf(raw: RawOptions): string {
  const { endpoint, location } = raw;
  const host = location === undefined ? 'secretmanager' : `secretmanager.${location}.rep`;
  return endpoint ?? `https://${host}.${universeOf(raw)}`;
}

// The one cast: the configuration has been validated against `gcpSchema`, with its defaults.
const toRaw = (options: unknown): RawOptions => options as RawOptions;
