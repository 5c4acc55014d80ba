import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import { isLoopback } from '../core/loopback.ts';
import type { ListenAddress } from './config.ts';

// The shortest limit among the systems we run on (macOS); Linux has 107.
const MAX_SOCKET_PATH_BYTES = 103;
const MAX_PORT = 65_535;
const TCP_FORM = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/;

/** `127.0.0.1:8200`, `localhost:8200`, `[::1]:8200` or `unix:/absolute/path`; undefined for anything else. */
export function parseListenAddress(text: unknown): ListenAddress | undefined {
  if (typeof text !== 'string') return undefined;
  if (text.startsWith('unix:')) return parseSocketPath(text.slice('unix:'.length));
  const [, ipv6, name, digits] = TCP_FORM.exec(text) ?? [];
  const host = ipv6 === undefined ? toIpv4(name) : toIpv6(ipv6);
  const port = Number(digits);
  return host === undefined || port > MAX_PORT ? undefined : { kind: 'tcp', host, port };
}

/** Whether only this machine can reach it. */
export function isLocal(address: ListenAddress): boolean {
  return address.kind === 'unix' || isLoopback(address.host);
}

/** Whether the two cannot be bound together. Port 0 is another one each time. */
export function isSameAddress(a: ListenAddress, b: ListenAddress): boolean {
  if (a.kind === 'unix' || b.kind === 'unix') return a.kind === 'unix' && b.kind === 'unix' && a.path === b.path;
  return a.port === b.port && a.port !== 0 && (a.host === b.host || covers(a.host, b.host) || covers(b.host, a.host));
}

/** Whether the first is the address of all interfaces; that of IPv6 takes IPv4 with it. */
function covers(all: string, host: string): boolean {
  return all === '::' || (all === '0.0.0.0' && isIPv4(host));
}

function parseSocketPath(path: string): ListenAddress | undefined {
  const isUsable = path.startsWith('/') && !path.endsWith('/') && !path.includes('\0');
  return isUsable && Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES ? { kind: 'unix', path } : undefined;
}

function toIpv4(name: string | undefined): string | undefined {
  if (name === 'localhost') return '127.0.0.1';
  return name !== undefined && isIPv4(name) ? name : undefined;
}

/** One spelling for each address; a zone (`%eth0`) is kept. */
function toIpv6(text: string): string | undefined {
  if (!isIPv6(text)) return undefined;
  return text.includes('%') ? text : new SocketAddress({ address: text, family: 'ipv6' }).address;
}
