import { ConfigurationError } from './core/errors/configuration-error.ts';

/** What Node's permission model says of the process, where there is one. */
export interface PermissionFacts {
  /** Its types promise what is there only with `--permission`. */
  readonly permission?: { has(scope: string): boolean } | undefined;
  readonly allowedNodeEnvironmentFlags: ReadonlySet<string>;
}

/**
 * Without it Node.js throws where nobody can catch it.
 * @throws ConfigurationError `MissingEndpoint` where nothing may be listened on
 */
export function assertNetwork({ permission, allowedNodeEnvironmentFlags }: PermissionFacts): void {
  // Before version 25 the model is about files and processes only.
  if (permission === undefined || !allowedNodeEnvironmentFlags.has('--allow-net') || permission.has('net')) return;
  throw new ConfigurationError(
    'MissingEndpoint',
    "Node.js runs with '--permission' and may not use the network, nor a unix socket: add '--allow-net'",
  );
}
