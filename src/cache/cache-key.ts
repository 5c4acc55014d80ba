import type { Location, Scope } from '../core/provider.ts';
import { current, isPinned, type Selector } from '../core/selector.ts';

/** What the cache keeps something for: one selector of one secret of one source. */
export interface SecretIdentity {
  /** Different for each source, scope, secret and selector. */
  readonly key: string;
  /** Different for each source, scope and secret; shared by all selectors of the secret. */
  readonly secretKey: string;
  /** Whether the selector may mean another version tomorrow. */
  readonly isMutable: boolean;
  /** Name of the provider instance. */
  readonly provider: string;
  /** The path as the (first) caller wrote it. */
  readonly path: string;
}

/** Where a secret is asked for. */
export interface SecretOrigin {
  /** Name of the provider instance. */
  readonly provider: string;
  /** The copy of its store that is asked. */
  readonly replica?: string;
  readonly scope: Scope;
}

/** The only place that makes keys. JSON arrays end where they end, so that no two identities share one. */
export function toIdentity(origin: SecretOrigin, path: string, { id, selector }: Location): SecretIdentity {
  const { provider, replica, scope } = origin;
  const secretKey = JSON.stringify([provider, replica ?? null, scope.namespace ?? null, scope.mount ?? null, id]);
  const key = toKey(secretKey, selector);
  return { key, secretKey, isMutable: !isPinned(selector), provider, path };
}

/** The identity of the same secret's `previous`. */
export function toPrevious(identity: SecretIdentity): SecretIdentity {
  return { ...identity, key: toKey(identity.secretKey, { stage: 'previous' }), isMutable: true };
}

/** The identity of the same secret's current version. */
export function toCurrent(identity: SecretIdentity): SecretIdentity {
  return { ...identity, key: toKey(identity.secretKey, current), isMutable: true };
}

export const isCurrent = (identity: SecretIdentity): boolean => identity.key === toKey(identity.secretKey, current);

/** Whether it is another stage of the same secret: what that means changes with the current version. */
export const isOtherStage = (other: SecretIdentity, identity: SecretIdentity): boolean =>
  other.isMutable && other.secretKey === identity.secretKey && other.key !== identity.key;

const toKey = (secretKey: string, { version, stage }: Selector): string =>
  secretKey + JSON.stringify([version ?? null, stage ?? null]);
