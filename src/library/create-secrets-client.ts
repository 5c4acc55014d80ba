import { objectConfig } from '../config/load-config.ts';
import { systemClock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { ProviderKind } from '../core/provider.ts';
import { createLogger } from '../observability/logger.ts';
import { providerKinds } from '../providers/registry.ts';
import { InProcessClient } from './in-process-client.ts';
import type { CustomProviderConfig } from './provider-config.ts';
import { noLog, safeLog } from './safe-log.ts';
import type { SecretsClient } from './secrets-client.ts';
import type { SecretsConfig } from './secrets-config.ts';
import { toSettings } from './to-settings.ts';

/** What is no part of a configuration file. */
export interface SecretsClientOptions {
  /** Stores of one's own, beside those that come with the package. */
  readonly kinds?: readonly ProviderKind[];
  /**
   * Takes what the client has to say of itself, such as a breaker that opened: never a value, a token or an upstream
   * URL. A `pino` logger is one. Takes the place of `config.log`.
   */
  readonly log?: Log;
}

/**
 * Makes a client of secret stores within this process. It begins to start at once and does not wait for it: reads do.
 * It sets no signal handler, writes nothing anywhere unless audit or log are asked for, and keeps no program from ending
 * but for the time of a call. Close it, or declare it with `await using`.
 * @throws ConfigProblems at once, with everything that is wrong with the configuration; TypeError for two kinds of one type
 */
export function createSecretsClient<Custom extends CustomProviderConfig = never>(
  config: SecretsConfig<NoInfer<Custom>>,
  options: SecretsClientOptions = {},
): SecretsClient {
  const kinds = [...providerKinds, ...(options.kinds ?? [])];
  for (const { type } of options.kinds ?? [])
    if (kinds.filter((kind) => kind.type === type).length > 1) throw new TypeError(`two kinds of the type '${type}'`);
  const { config: settled, warnings } = objectConfig(toSettings(config), kinds);
  const log = options.log === undefined ? ownLog(settled.log.level) : safeLog(options.log);
  for (const warning of warnings) log.warn({}, warning);
  return new InProcessClient({ config: settled, kinds, clock: systemClock, log });
}

/** Standard error is not opened for nothing. */
const ownLog = (level: string): Log => (level === 'silent' ? noLog : createLogger({ level }));
