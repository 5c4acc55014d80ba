import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import type { Replica } from '../../core/provider.ts';
import { endpointProblem, parseEndpoint } from '../../transport/endpoint.ts';
import { tlsProblem, tlsSchema, type TlsFiles } from '../../transport/tls-options.ts';

const regionName = {
  type: 'string',
  pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$',
  expected: "a region such as 'eu-west-1'",
} as const;
const address = { type: 'string', minLength: 1, expected: 'a URL' } as const;
const text = { type: 'string', minLength: 1 } as const;

/** The keys of an AWS instance, described as data. */
export const awsSchema = {
  properties: {
    region: regionName,
    regions: {
      type: 'array',
      minItems: 1,
      items: {
        anyOf: [
          regionName,
          {
            type: 'object',
            properties: { region: regionName, endpoint: address },
            required: ['region'],
            additionalProperties: false,
          },
        ],
      },
    },
    endpoint: address,
    stsEndpoint: address,
    profile: text,
    roleArn: {
      type: 'string',
      pattern: '^arn:[a-z0-9-]+:iam::\\d{12}:role/.+$',
      expected: "the ARN of a role, such as 'arn:aws:iam::123456789012:role/app'",
    },
    externalId: text,
    // No defaults: what is left out is left to the environment variables that the SDKs know.
    fips: { type: 'boolean' },
    dualstack: { type: 'boolean' },
    allowExecutable: { type: 'boolean', default: false },
    tls: tlsSchema,
    insecure: { type: 'boolean', default: false },
  },
} as const;

/** The options as a provider of one region uses them. */
export interface AwsOptions {
  /** Looked for in the environment, the profile and the instance's metadata when absent. */
  readonly region: string | undefined;
  readonly endpoint: URL | undefined;
  readonly stsEndpoint: URL | undefined;
  readonly profile: string | undefined;
  readonly roleArn: string | undefined;
  readonly externalId: string | undefined;
  readonly fips: boolean | undefined;
  readonly dualstack: boolean | undefined;
  /** Whether a profile's `credential_process` may be run. */
  readonly allowExecutable: boolean;
  readonly tls: TlsFiles;
  readonly insecure: boolean;
}

type RegionEntry = string | { readonly region: string; readonly endpoint?: string };

/** What fits the schema once its defaults are filled in. */
interface RawOptions {
  readonly region?: string;
  readonly regions?: readonly RegionEntry[];
  readonly endpoint?: string;
  readonly stsEndpoint?: string;
  readonly profile?: string;
  readonly roleArn?: string;
  readonly externalId?: string;
  readonly fips?: boolean;
  readonly dualstack?: boolean;
  readonly allowExecutable: boolean;
  readonly tls?: TlsFiles;
  readonly insecure: boolean;
}

type Problem = { readonly key: string; readonly message: string };

/** Problems that the schema cannot tell, each as the end of a sentence that begins with its key. */
export function checkOptions(options: unknown): readonly Problem[] {
  const raw = toRaw(options);
  const addressProblem = (url: string | undefined): string | undefined =>
    url === undefined ? undefined : endpointProblem(url, raw.insecure);
  const found: readonly (readonly [string, string | undefined])[] = [
    ['endpoint', addressProblem(raw.endpoint)],
    ['stsEndpoint', addressProblem(raw.stsEndpoint)],
    ...toEntries(raw).map(({ region, endpoint }) => {
      const problem = addressProblem(endpoint);
      return ['regions', problem && `has an endpoint for '${region}' that ${problem}`] as const;
    }),
    ...conflicts(raw),
    ['tls', raw.tls && tlsProblem(raw.tls)],
  ];
  return found.flatMap(([key, message]) => (message === undefined ? [] : [{ key, message }]));
}

function* conflicts(raw: RawOptions): Generator<readonly [key: string, message: string]> {
  const entries = toEntries(raw);
  const hasRegions = raw.regions !== undefined;
  if (new Set(entries.map(({ region }) => region)).size < entries.length) yield ['regions', 'names a region twice'];
  if (hasRegions && raw.region !== undefined) yield ['region', "cannot go with 'regions'"];
  if (hasRegions && raw.endpoint !== undefined)
    yield ['endpoint', "cannot go with 'regions', each of which may have its own"];
  const isCustom = [raw, ...entries].some(({ endpoint }) => endpoint !== undefined);
  for (const key of ['fips', 'dualstack'] as const)
    if (isCustom && raw[key] === true) yield [key, 'cannot go with a custom endpoint'];
  if (raw.externalId !== undefined && raw.roleArn === undefined) yield ['externalId', "needs 'roleArn'"];
}

/** @throws ConfigurationError `InvalidProvider` for the first problem of `checkOptions`. */
export function parseOptions(options: unknown): AwsOptions {
  const raw = toRaw(options);
  const [problem] = checkOptions(raw);
  if (problem !== undefined) throw new ConfigurationError('InvalidProvider', `'${problem.key}' ${problem.message}`);
  const toUrl = (option: string, url: string | undefined): URL | undefined =>
    url === undefined ? undefined : parseEndpoint(url, { option, insecure: raw.insecure });
  const [preferred] = toEntries(raw);
  return Object.freeze({
    region: preferred?.region ?? raw.region,
    endpoint: toUrl('endpoint', preferred?.endpoint ?? raw.endpoint),
    stsEndpoint: toUrl('stsEndpoint', raw.stsEndpoint),
    profile: raw.profile,
    roleArn: raw.roleArn,
    externalId: raw.externalId,
    fips: raw.fips,
    dualstack: raw.dualstack,
    allowExecutable: raw.allowExecutable,
    tls: raw.tls ?? {},
    insecure: raw.insecure,
  });
}

/** One copy of the store for each of `regions`, in their order; none where a single region is asked. */
export function toReplicas(options: unknown): readonly Replica[] {
  const { regions, ...shared } = toRaw(options);
  return toEntries({ regions }).map((entry) => ({ name: entry.region, options: { ...shared, ...entry } }));
}

const toEntries = ({
  regions = [],
}: {
  readonly regions?: RawOptions['regions'] | undefined;
}): readonly Exclude<RegionEntry, string>[] =>
  regions.map((entry) => (typeof entry === 'string' ? { region: entry } : entry));

// The one cast: the configuration has been validated against `awsSchema`, with its defaults.
const toRaw = (options: unknown): RawOptions => options as RawOptions;
