import type { ProviderTools } from '../../core/provider.ts';
import type { HttpClient } from '../../transport/http-client.ts';
import { ClockSkew } from './clock-skew.ts';
import { variable, type Environment } from '../../core/environment.ts';
import { openImds } from './imds.ts';
import { loadSharedConfig, profileName } from './shared-config.ts';

export interface RegionOptions extends Pick<ProviderTools, 'clock' | 'recordIdentityCall'> {
  readonly env: Environment;
  /** Where `.aws` is. */
  readonly homeDirectory: string;
  readonly http: HttpClient;
  readonly profile?: string | undefined;
}

/**
 * The region when the configuration names none: `AWS_REGION`, `AWS_DEFAULT_REGION`, that of the profile, that of the EC2
 * instance; undefined when none is to be found.
 * @throws AuthenticationError for a shared file that cannot be read; ProviderError
 */
export async function discoverRegion(options: RegionOptions, signal: AbortSignal): Promise<string | undefined> {
  const { env, profile } = options;
  const configured = variable(env, 'AWS_REGION') ?? variable(env, 'AWS_DEFAULT_REGION');
  if (configured !== undefined) return configured;
  const { profiles } = await loadSharedConfig(options);
  return profiles.get(profileName(env, profile))?.get('region') ?? (await instanceRegion(options, signal));
}

async function instanceRegion(options: RegionOptions, signal: AbortSignal): Promise<string | undefined> {
  // The region needs no time: what is measured here is dropped.
  const read = await openImds({ ...options, skew: new ClockSkew(options.clock) }, signal);
  if ('absent' in read) return undefined;
  const region = await read('meta-data/placement/region');
  return typeof region === 'string' ? region.trim() || undefined : undefined;
}
