import { ConfigurationError } from '../core/errors/configuration-error.ts';
import { endpointProblem } from '../core/endpoint-problem.ts';

export { endpointProblem, isExposed } from '../core/endpoint-problem.ts';

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
