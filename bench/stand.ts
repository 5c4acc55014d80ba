import type { BenchDaemon } from './daemon.ts';
import type { Generator } from './generator.ts';
import type { BenchOptions } from './options.ts';
import type { Pinning } from './pinning.ts';

/** What a row is measured with. */
export interface Stand {
  readonly options: BenchOptions;
  readonly pinning: Pinning;
  readonly generator: Generator;
  /** The build that is measured; after it an older one, where two are compared. */
  readonly bundles: readonly [string, ...string[]];
  /** One of each bundle. */
  readonly daemons: readonly [BenchDaemon, ...BenchDaemon[]];
  readonly directory: string;
  /** The secrets, as a provider of the configuration. */
  readonly provider: object;
}

/** Name of a row about one bundle: the older one is told apart. */
export const bundleName = (name: string, bundle: string, at: number): string =>
  at === 0 ? name : `${name}, before (${bundle})`;
