import type { TraceContext } from './tracer.ts';

/** Who asks, from where, and under which request: what the policy decides on and the audit line tells. */
export interface AccessContext {
  /** Name of the caller; `anonymous` in open mode. */
  readonly caller: string;
  /** The peer's address, or `unix` for a socket. */
  readonly source: string;
  readonly requestId: string;
  /** Where in a trace it happens; absent when the request carried none and no traces are made. */
  readonly trace?: TraceContext;
  /** What the caller has shown; absent where nothing needs to be shown. */
  readonly credential?: Credential;
}

/** A token that may end while something that it opened goes on. */
export interface Credential {
  isValid(): boolean;
}

/** What a caller may be allowed to do with a secret; `simulate` is to change and to look into a simulation. */
export const operations = ['get', 'list', 'describe', 'resolve', 'rotate', 'invalidate', 'simulate'] as const;

export type Operation = (typeof operations)[number];
