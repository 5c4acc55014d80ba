import { BlockList, isIP } from 'node:net';
import { ConfigurationError } from '../core/errors/configuration-error.ts';

export interface EndpointOptions {
  /** The key in the configuration, for the message. */
  readonly option: string;
  /** Allows `http://` to a host other than this one. */
  readonly insecure: boolean;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * A store's address: `https://`, or `http://` to this machine or with `insecure`. A path is kept, without the slash at
 * its end.
 * @throws ConfigurationError `InvalidProvider`. The address is not in the message.
 */
export function parseEndpoint(address: string, options: EndpointOptions): URL {
  const problem = endpointProblem(address, options.insecure);
  if (problem !== undefined) throw new ConfigurationError('InvalidProvider', `'${options.option}' ${problem}`);
  const url = new URL(address);
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

/** What is wrong with a store's address, as the end of a sentence that begins with its key. */
export function endpointProblem(address: string, insecure: boolean): string | undefined {
  const url = URL.parse(address);
  if (url === null || !/^https?:\/\//i.test(address)) return "must be a URL that begins with 'https://'";
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or a password';
  if (url.search !== '' || url.hash !== '') return 'must not hold a query or a fragment';
  if (isPlain(url) && !isLoopback(url) && !insecure)
    return "must begin with 'https://': 'http://' is for this machine only, unless 'insecure: true' allows it";
  return undefined;
}

/** Whether the connection leaves this machine without encryption. */
export const isExposed = (url: URL): boolean => isPlain(url) && !isLoopback(url);

const isPlain = (url: URL): boolean => url.protocol === 'http:';

function isLoopback(url: URL): boolean {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(host);
  if (family === 0) return host === 'localhost';
  return loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
