import type { ProviderTools } from '../../core/provider.ts';
import type { Environment } from '../../core/environment.ts';

/** What a provider of AWS is given to work with. */
export interface AwsTools extends ProviderTools {
  readonly env: Environment;
  /** Where `.aws` is. */
  readonly homeDirectory: string;
  /** 0 to 1; spreads retries. */
  readonly random: () => number;
}
