import type { SecretProvider } from '../core/provider.ts';
import type { Breaker } from '../resilience/breaker.ts';

/** A provider with what belongs to it alone. */
export interface Instance {
  readonly name: string;
  readonly provider: SecretProvider;
  readonly breaker: Breaker;
  readonly attemptTimeoutMs: number;
}
