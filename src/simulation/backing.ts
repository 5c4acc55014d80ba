import type { Clock } from '../core/clock.ts';
import type { SecretProvider } from '../core/provider.ts';
import type { MockStore } from './mock/mock-store.ts';

/** One source of a provider, as the configuration has it. */
export interface SimulatedSource {
  readonly name: string;
  /** With the copy of the store. */
  readonly label: string;
  readonly type: string;
  /** Makes the real provider. */
  readonly create: (clock: Clock) => SecretProvider;
}

/** Where the answers of a simulation come from, below its faults. */
export interface Backing {
  /** What stands in for the source, or the real one. @param clock that of its store, as far as the daemon can tell */
  provide(source: SimulatedSource, clock: Clock): SecretProvider;
  /** Whether readers get the values of real stores, which no fault may change. */
  readonly hasRealValues: boolean;
  /** Whose secrets can be changed by request. */
  readonly mock?: MockStore;
  /** What was not as it should have been, in words. */
  complaints?(): readonly string[];
  close?(): Promise<void>;
}
