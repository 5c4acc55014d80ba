import type { Location } from '../../core/provider.ts';
import type { Secret, SecretMetadata, SecretVersion } from '../../core/secret.ts';

/** A KV engine, whatever its version. */
export interface KvEngine {
  read(location: Location, signal: AbortSignal): Promise<Secret>;

  describe(id: string, signal: AbortSignal): Promise<SecretMetadata>;

  /** The whole history, newest first. @throws ConfigurationError `InvalidProvider` where the engine keeps none. */
  versions(id: string, signal: AbortSignal): Promise<readonly SecretVersion[]>;

  /** Names in a folder (empty, or ending in `/`), folders with a slash at the end; none when there is no such folder. */
  folder(folder: string, signal: AbortSignal): Promise<readonly string[]>;

  /** Whether secrets carry tags. */
  readonly hasTags: boolean;
}
