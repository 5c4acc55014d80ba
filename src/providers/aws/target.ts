import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import { serviceEndpoint, type EndpointSettings } from '../../credentials/aws/endpoints.ts';

export interface TargetOptions {
  /** From the configuration. */
  readonly region: string | undefined;
  /** Looks for the region elsewhere. */
  readonly discover: (signal: AbortSignal) => Promise<string | undefined>;
  readonly endpoints: EndpointSettings;
}

/** The region that is asked and the address of its Secrets Manager, found out once. */
export class Target {
  readonly #options: TargetOptions;
  #found: { readonly region: string; readonly endpoint: URL } | undefined;

  constructor(options: TargetOptions) {
    this.#options = options;
  }

  /** Undefined until `find` has found it. */
  get region(): string | undefined {
    return this.#options.region ?? this.#found?.region;
  }

  /** @throws ConfigurationError when no region is configured anywhere, and what looking for it throws. */
  async find(signal: AbortSignal): Promise<{ readonly region: string; readonly endpoint: URL }> {
    if (this.#found !== undefined) return this.#found;
    const { discover, endpoints } = this.#options;
    const region = this.#options.region ?? (await discover(signal));
    if (region === undefined)
      throw new ConfigurationError(
        'InvalidProvider',
        "'region' is needed, here, in the environment variable 'AWS_REGION' or in the profile",
      );
    return (this.#found = { region, endpoint: serviceEndpoint('secretsmanager', region, endpoints) });
  }
}
