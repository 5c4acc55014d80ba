import type { SecretProvider } from '../core/provider.ts';
import type { Breaker } from '../resilience/breaker.ts';
import type { CallBudget } from '../resilience/call-budget.ts';

/** One store that can be asked, with what belongs to it alone: a provider instance, or one copy of its store. */
export interface Source {
  /** Name of the provider instance in the configuration. */
  readonly name: string;
  /** Name of the copy, such as a region, where the instance has several. */
  readonly replica?: string;
  /** Different for each source: `name`, or `name/replica`. */
  readonly label: string;
  readonly provider: SecretProvider;
  readonly breaker: Breaker;
  readonly budget: CallBudget;
  /** Of one attempt. */
  readonly attemptTimeoutMs: number;
}

/** The sources of each provider instance, the preferred one first. */
export type Instances = ReadonlyMap<string, readonly Source[]>;
