import type { Location } from '../core/provider.ts';
import { isPinned } from '../core/selector.ts';

/** What the cache keeps something for: one selector of one secret of one instance. */
export interface SecretIdentity {
  /** Different for each instance, secret and selector. */
  readonly key: string;
  /** Different for each instance and secret; shared by all selectors of the secret. */
  readonly secretKey: string;
  /** Whether the selector may mean another version tomorrow. */
  readonly isMutable: boolean;
  /** Name of the instance. */
  readonly provider: string;
  /** The path as the (first) caller wrote it. */
  readonly path: string;
}

/** The only place that makes keys. JSON arrays end where they end, so that no two identities share one. */
export function toIdentity(provider: string, path: string, location: Location): SecretIdentity {
  const { id, selector } = location;
  const secretKey = JSON.stringify([provider, id]);
  const key = secretKey + JSON.stringify([selector.version ?? null, selector.stage ?? null]);
  return { key, secretKey, isMutable: !isPinned(selector), provider, path };
}
