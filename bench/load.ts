/** Where a server listens: a port of 127.0.0.1, or the path of a unix socket. */
export type LoadAddress = { readonly port: number } | { readonly path: string };

/** What the load generator is asked to do. */
export interface LoadJob {
  readonly address: LoadAddress;
  /** Bytes of each request, one character a byte; sent in turn. */
  readonly requests: readonly string[];
  readonly connections: number;
  /** Each connection sends one of the requests again and again, as a program does; else they are sent in turn on any. */
  readonly isFaithful?: boolean;
  /** A connection for each request, closed after its answer. */
  readonly isReconnecting?: boolean;
  /**
   * An open loop: so many requests a second are due, whether the ones before them were answered or not, and the latency
   * of each counts from then. Without it a closed loop: each connection sends its next request when it has its answer.
   */
  readonly perSecond?: number;
  /** Ends after so long, or after so many requests. */
  readonly durationMs?: number;
  readonly count?: number;
  readonly expectedStatus: number;
}

/** Microseconds, and how many answers took them. */
export type LatencyCounts = readonly (readonly [micros: number, count: number])[];

/** What it saw. */
export interface LoadResult {
  readonly responses: number;
  /** Answers with another status, and connections that failed. */
  readonly errors: number;
  readonly firstError?: string;
  readonly elapsedMs: number;
  readonly latencies: LatencyCounts;
}

/** A job on its way to the generator, and what comes back for it. */
export interface GeneratorJob {
  readonly id: number;
  readonly job: LoadJob;
}

export type GeneratorAnswer = { readonly id: number } & (
  { readonly result: LoadResult } | { readonly failure: string }
);
