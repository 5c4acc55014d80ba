import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import type { Log } from '../../core/log.ts';
import type { ProviderTools } from '../../core/provider.ts';
import type { HttpClient } from '../../transport/http-client.ts';
import { ClockSkew } from './clock-skew.ts';
import { createContainerSource } from './container-source.ts';
import type { CredentialSource, SourceTools } from './credential-source.ts';
import type { AwsCredentials, AwsIdentity } from './credentials.ts';
import { variable, type Environment } from '../../core/environment.ts';
import { createEnvironmentSource } from './environment-source.ts';
import { createImdsSource } from './imds-source.ts';
import { ProfileSource } from './profile-source.ts';
import { RefreshingIdentity } from './refreshing-identity.ts';
import { discoverRegion } from './region.ts';
import { defaultSessionName } from './session-name.ts';
import { createSts } from './sts.ts';
import { createWebIdentitySource } from './web-identity-source.ts';

// Where the SDKs send STS calls when no region is known.
const LAST_RESORT_REGION = 'us-east-1';

export interface AwsIdentityOptions extends Pick<ProviderTools, 'clock' | 'recordIdentityCall'> {
  readonly env: Environment;
  /** Where `.aws` is. */
  readonly homeDirectory: string;
  readonly http: HttpClient;
  readonly log: Log;
  /** 0 to 1; spreads retries. */
  readonly random: () => number;
  /** Shared with the calls that the credentials are for, so that one measures for all. */
  readonly skew?: ClockSkew | undefined;
  /** For STS, unless a profile with a role names its own; when absent it is looked for as `discoverRegion` says. */
  readonly region?: string | undefined;
  /** A profile of the shared files; `AWS_PROFILE` when absent. */
  readonly profile?: string | undefined;
  /** A role to assume with what the chain finds. */
  readonly roleArn?: string | undefined;
  readonly externalId?: string | undefined;
  readonly stsEndpoint?: URL | undefined;
  readonly fips?: boolean | undefined;
  readonly dualstack?: boolean | undefined;
  /** Allows `http://` to other machines in `AWS_ENDPOINT_URL` and its like. */
  readonly insecure?: boolean | undefined;
  /** Whether a profile's `credential_process` may be run. */
  readonly allowExecutable?: boolean | undefined;
}

/**
 * Our identity at AWS, by the first source that is configured: the environment (unless a profile is named), the shared
 * files, web identity, the container's agent, the instance. Does no I/O before credentials are asked for.
 */
export function createAwsIdentity(options: AwsIdentityOptions): AwsIdentity {
  const tools = toTools(options);
  const { clock, log, random, roleArn, externalId } = options;
  const sources = createSources(tools, options.profile);
  const read = async (signal: AbortSignal): Promise<AwsCredentials> => {
    const base = await readFirst(sources, signal);
    if (roleArn === undefined) return base;
    const role = { roleArn, externalId, sessionName: defaultSessionName(clock), region: await tools.region(signal) };
    return tools.sts.assumeRole(base, role, signal);
  };
  return new RefreshingIdentity({ clock, log, random, skew: tools.skew, read });
}

function toTools(options: AwsIdentityOptions): SourceTools {
  const { clock, http, random, recordIdentityCall, env, fips, dualstack, insecure } = options;
  const skew = options.skew ?? new ClockSkew(clock);
  const endpoints = { env, fips, dualstack, insecure };
  const sts = createSts({
    clock,
    http,
    random,
    recordIdentityCall,
    skew,
    endpoints: { ...endpoints, endpoint: options.stsEndpoint },
  });
  return {
    ...options,
    skew,
    sts,
    endpoints,
    allowExecutable: options.allowExecutable ?? false,
    region: async (signal) => options.region ?? (await discoverRegion(options, signal)) ?? LAST_RESORT_REGION,
  };
}

function createSources(tools: SourceTools, profile: string | undefined): readonly CredentialSource[] {
  const environment = createEnvironmentSource(tools.env);
  const container = createContainerSource(tools);
  const instance = createImdsSource(tools);
  const named = new Map([
    ['Environment', environment],
    ['EcsContainer', container],
    ['Ec2InstanceMetadata', instance],
  ]);
  // Who names a profile means it, whatever keys lie about in the environment: so does the SDK for JavaScript.
  const isNamed = profile !== undefined || variable(tools.env, 'AWS_PROFILE') !== undefined;
  return [
    ...(isNamed ? [] : [environment]),
    new ProfileSource({ tools, named, profile }),
    createWebIdentitySource(tools),
    container,
    instance,
  ];
}

/** @throws AuthenticationError that says of each source why it has none. */
async function readFirst(sources: readonly CredentialSource[], signal: AbortSignal): Promise<AwsCredentials> {
  const reasons: string[] = [];
  for (const source of sources) {
    const answer = await source.read(signal);
    if (!('absent' in answer)) return answer;
    reasons.push(answer.absent);
  }
  throw new AuthenticationError('InvalidCredentials', `no credentials for AWS: ${reasons.join('; ')}`);
}
