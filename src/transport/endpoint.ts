import { ConfigurationError } from '../core/errors/configuration-error.ts';
import { isLoopback } from '../core/loopback.ts';

export interface EndpointOptions {
  /** The key in the configuration, for the message. */
  readonly option: string;
  /** Allows `http://` to a host other than this one. */
  readonly insecure: boolean;
}

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
  if (isExposed(url) && !insecure)
    return "must begin with 'https://': 'http://' is for this machine only, unless 'insecure: true' allows it";
  return undefined;
}

/** Whether the connection leaves this machine without encryption. */
export const isExposed = (url: URL): boolean => url.protocol === 'http:' && !isLocal(url);

const isLocal = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || isLoopback(hostname.replace(/^\[(.*)\]$/, '$1'));
