export const listeners = ['tcp', 'unix', 'ops'] as const;
export type ListenerName = (typeof listeners)[number];

/**
 * How the daemon is asked. In `token` mode it takes the canary, which some requests carry, in `jwt` mode a web token; `socket`
 * is `token` with a unix socket that is a caller's own; `tls` is open, and speaks TLS on TCP.
 */
export const modes = ['open', 'token', 'tls', 'jwt', 'socket'] as const;
export type Mode = (typeof modes)[number];

/** What is sent on one connection, and how. */
export interface Exchange {
  /** Its number in the run: with the seed it gives the same exchange again. */
  readonly index: number;
  readonly kind: string;
  readonly listener: ListenerName;
  /** Written one after the other, with a pause between them. */
  readonly segments: readonly Buffer[];
  readonly pauseMs: number;
  /** Requests that were meant, however broken. */
  readonly requests: number;
  /** Statuses that must come, in this order; absent where the bytes are broken and anything may come. 0 is any status. */
  readonly expected?: readonly number[];
  /** `wait` for answers, then end; `half-close` right after the last byte; `hang-up` without reading the answer. */
  readonly ending: 'wait' | 'half-close' | 'hang-up';
}

export const sentBytes = ({ segments }: Exchange): Buffer => Buffer.concat(segments);
