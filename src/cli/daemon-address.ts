import { ConfigurationError } from '../core/errors/configuration-error.ts';
import type { CommandIo } from './command-io.ts';

/** Where the daemon is, with the name that messages give it. */
export type DaemonAddress =
  | { readonly kind: 'tcp'; readonly name: string; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly name: string; readonly path: string };

const DEFAULT = 'http://127.0.0.1:8200';
const UNIX = 'unix:';

/**
 * Reads `KEYFOB_ADDR`: `http://host:port`, or `unix:` and the absolute path of a socket.
 * @throws ConfigurationError `MissingEndpoint`
 */
export function readDaemonAddress(env: CommandIo['env']): DaemonAddress {
  const text = env['KEYFOB_ADDR'] || DEFAULT;
  const path = text.startsWith(UNIX) ? text.slice(UNIX.length) : '';
  if (path.startsWith('/')) return { kind: 'unix', name: text, path };
  const url = URL.parse(text);
  // What has more than host and port, such as a password, is not repeated in messages.
  if (url === null || url.protocol !== 'http:' || url.href !== `${url.origin}/`)
    throw new ConfigurationError('MissingEndpoint', "'KEYFOB_ADDR' is neither 'http://host:port' nor 'unix:/path'");
  // `hostname` keeps the brackets of IPv6, which are no part of the address to connect to.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { kind: 'tcp', name: url.origin, host, port: Number(url.port || 80) };
}
