import { once } from 'node:events';
import type { Server } from 'node:http';
import { ConfigurationError } from '../core/errors/configuration-error.ts';

/** Binds a TCP address. @returns its name, with the port that was given for port 0. */
export async function listenTcp(
  server: Server,
  address: { readonly host: string; readonly port: number },
): Promise<string> {
  const { host, port } = address;
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (cause) {
    throw new ConfigurationError('MissingEndpoint', reason(cause, `${bracketed(host)}:${port}`), { cause });
  }
  const bound = server.address();
  return `${bracketed(host)}:${typeof bound === 'object' && bound !== null ? bound.port : port}`;
}

function reason(cause: unknown, name: string): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return `cannot listen on ${name}: another program has this port (8200 is also Vault's); choose another with 'listen' or --listen`;
    case 'EACCES':
      return `cannot listen on ${name}: ports below 1024 need privileges; choose another with 'listen' or --listen`;
    case 'EADDRNOTAVAIL':
      return `cannot listen on ${name}: this machine has no such address`;
    default:
      return `cannot listen on ${name}: ${String(code)}`;
  }
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);
