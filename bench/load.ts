/** What the load generator is asked to do. */
export interface LoadJob {
  readonly port: number;
  /** Bytes of one request, one character a byte. */
  readonly request: string;
  readonly connections: number;
  /** Ends after so long, or after so many requests. */
  readonly durationMs?: number;
  readonly requests?: number;
  readonly expectedStatus: number;
}

/** What it saw. */
export interface LoadResult {
  readonly responses: number;
  /** Answers with another status, and connections that failed. */
  readonly errors: number;
  readonly firstError?: string;
  readonly elapsedMs: number;
  /** Share of the time that the generator itself was at work; near 1 it is what is measured. */
  readonly generatorBusy: number;
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
}
