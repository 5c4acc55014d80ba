import type { FaultCode } from '../../core/fault.ts';

/** What happens to one question. */
export interface FaultPlan {
  /** Before the store is asked. */
  readonly latencyMs: number;
  /** What it fails with, without asking the store. */
  readonly failure?: { readonly code: FaultCode; readonly retryAfterMs?: number; readonly isOutage: boolean };
  /** The answer is lost. */
  readonly isReset: boolean;
  /** The version before is served. */
  readonly isStale: boolean;
  /** After the answer. */
  readonly slowBodyMs: number;
  /** How often the secret has been rotated so far. */
  readonly rotations: number;
  /** Added to the store's dates. */
  readonly clockSkewMs: number;
}

/** The plan in words, for the log of the simulation. */
export function describePlan(plan: FaultPlan): readonly string[] {
  const { latencyMs, failure, isReset, isStale, slowBodyMs, rotations, clockSkewMs } = plan;
  return [
    ...(latencyMs > 0 ? [`latency ${Math.round(latencyMs)} ms`] : []),
    ...(failure !== undefined ? [`${failure.isOutage ? 'outage' : 'error'} ${failure.code}`] : []),
    ...(isReset ? ['connection reset'] : []),
    ...(isStale ? ['stale version'] : []),
    ...(slowBodyMs > 0 ? [`slow body ${Math.round(slowBodyMs)} ms`] : []),
    ...(rotations > 0 ? [`rotated ${rotations} times`] : []),
    ...(clockSkewMs !== 0 ? [`clock skew ${clockSkewMs} ms`] : []),
  ];
}
