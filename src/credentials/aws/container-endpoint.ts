import { BlockList, isIP } from 'node:net';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { variable, type Environment } from '../../core/environment.ts';

const RELATIVE = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI';
const FULL = 'AWS_CONTAINER_CREDENTIALS_FULL_URI';
const ECS_HOST = 'http://169.254.170.2';

/** Who may be asked without TLS: this machine, the agent of ECS and those of EKS Pod Identity. */
const plainHosts = new BlockList();
plainHosts.addSubnet('127.0.0.0', 8, 'ipv4');
plainHosts.addAddress('169.254.170.2', 'ipv4');
plainHosts.addAddress('169.254.170.23', 'ipv4');
plainHosts.addAddress('::1', 'ipv6');
plainHosts.addAddress('fd00:ec2::23', 'ipv6');

/**
 * Where the container's agent hands out credentials: `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`, else
 * `AWS_CONTAINER_CREDENTIALS_FULL_URI`; undefined when neither is set.
 * @throws AuthenticationError naming the variable.
 */
export function containerEndpoint(env: Environment): URL | undefined {
  const relative = variable(env, RELATIVE);
  if (relative !== undefined) {
    if (!relative.startsWith('/')) throw invalid(RELATIVE, "must begin with '/'");
    return parse(RELATIVE, `${ECS_HOST}${relative}`);
  }
  const full = variable(env, FULL);
  return full === undefined ? undefined : parse(FULL, full);
}

function parse(name: string, address: string): URL {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) throw invalid(name, 'is not a URL');
  if (url.username !== '' || url.password !== '') throw invalid(name, 'must not hold a user name or a password');
  if (url.protocol === 'http:' && !mayBePlain(url))
    throw invalid(
      name,
      "must begin with 'https://', or lead to this machine, 169.254.170.2, 169.254.170.23 or [fd00:ec2::23]",
    );
  return url;
}

function mayBePlain(url: URL): boolean {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(host);
  return family === 0 ? host === 'localhost' : plainHosts.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

const invalid = (name: string, what: string): AuthenticationError =>
  new AuthenticationError('InvalidCredentials', `'${name}' ${what}`);
