import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import { parseEndpoint } from '../../transport/endpoint.ts';
import { variable, type Environment } from '../../core/environment.ts';
import { isOn } from './environment.ts';
import { partitionOf } from './partitions.ts';

export type AwsService = 'secretsmanager' | 'sts' | 'sso';

/** What an instance's options and the environment say of addresses. */
export interface EndpointSettings {
  readonly env: Environment;
  /** Takes the place of the service's address; excludes `fips` and `dualstack`. */
  readonly endpoint?: URL | undefined;
  /** Undefined leaves it to `AWS_USE_FIPS_ENDPOINT`. */
  readonly fips?: boolean | undefined;
  /** Undefined leaves it to `AWS_USE_DUALSTACK_ENDPOINT`. */
  readonly dualstack?: boolean | undefined;
  /** Allows `http://` to other machines in `AWS_ENDPOINT_URL` and its like. */
  readonly insecure?: boolean | undefined;
}

/** What is particular to a service, from the endpoint rules of the SDK's clients. */
interface ServiceRules {
  readonly prefix: string;
  /** Ends the names of environment variables. */
  readonly variable: string;
  /** Partitions where the address has IPv6 already, so that `dualstack` changes nothing, without and with `fips`. */
  readonly alwaysDualStack: { readonly plain: readonly string[]; readonly fips: readonly string[] };
  /** Partitions where the plain address is FIPS already. */
  readonly alwaysFips: readonly string[];
}

const NOWHERE = { plain: [], fips: [] };

const rules: Readonly<Record<AwsService, ServiceRules>> = {
  secretsmanager: {
    prefix: 'secretsmanager',
    variable: 'SECRETS_MANAGER',
    alwaysDualStack: { plain: ['aws', 'aws-cn', 'aws-us-gov'], fips: ['aws', 'aws-us-gov'] },
    alwaysFips: [],
  },
  sts: { prefix: 'sts', variable: 'STS', alwaysDualStack: NOWHERE, alwaysFips: ['aws-us-gov'] },
  sso: { prefix: 'portal.sso', variable: 'SSO', alwaysDualStack: NOWHERE, alwaysFips: ['aws-us-gov'] },
};

// A region goes into a host name, and may come from the metadata service or a file.
const REGION = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/**
 * The address of a service in a region.
 * @throws ConfigurationError `InvalidProvider` for settings that exclude each other, or a region that no host can have.
 */
export function serviceEndpoint(service: AwsService, region: string, settings: EndpointSettings): URL {
  const { env } = settings;
  const fips = settings.fips ?? isOn(env, 'AWS_USE_FIPS_ENDPOINT');
  const dualstack = settings.dualstack ?? isOn(env, 'AWS_USE_DUALSTACK_ENDPOINT');
  const custom = settings.endpoint ?? endpointOfEnvironment(service, settings);
  if (custom !== undefined && (fips || dualstack))
    throw new ConfigurationError(
      'InvalidProvider',
      `'${fips ? 'fips' : 'dualstack'}' cannot go with a custom endpoint, be it set here or in the environment`,
    );
  if (custom !== undefined) return custom;
  if (!REGION.test(region)) throw new ConfigurationError('InvalidProvider', "'region' is not the name of a region");
  return new URL(`https://${hostOf(rules[service], region, { fips, dualstack })}`);
}

interface Variant {
  readonly fips: boolean;
  readonly dualstack: boolean;
}

function hostOf(service: ServiceRules, region: string, { fips, dualstack }: Variant): string {
  const { name, dnsSuffix, dualStackDnsSuffix } = partitionOf(region);
  const isPlainFips = !dualstack && service.alwaysFips.includes(name);
  const isPlainDualStack = service.alwaysDualStack[fips ? 'fips' : 'plain'].includes(name);
  const prefix = fips && !isPlainFips ? `${service.prefix}-fips` : service.prefix;
  return `${prefix}.${region}.${dualstack && !isPlainDualStack ? dualStackDnsSuffix : dnsSuffix}`;
}

function endpointOfEnvironment(service: AwsService, { env, insecure = false }: EndpointSettings): URL | undefined {
  if (isOn(env, 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS')) return undefined;
  for (const option of [`AWS_ENDPOINT_URL_${rules[service].variable}`, 'AWS_ENDPOINT_URL']) {
    const address = variable(env, option);
    if (address !== undefined) return parseEndpoint(address, { option, insecure });
  }
  return undefined;
}
