import type { SecretCache } from '../cache/secret-cache.ts';
import type { AccessContext } from '../core/access-context.ts';
import type { Clock } from '../core/clock.ts';
import type { Gate } from './gate.ts';
import type { Target } from './router.ts';

/** What a read would meet. */
export interface ReadPreview {
  /** The instance that would answer, or else be asked first. */
  readonly provider: string;
  /**
   * `fresh` would answer at once; `stale` only if the store fails; `absent` is known not to be had, be it missing or
   * refused by the store; `none` means that the store would be asked.
   */
  readonly cache: 'fresh' | 'stale' | 'absent' | 'none';
}

export interface ReadPreviewOptions {
  readonly gate: Pick<Gate, 'passBlind'>;
  readonly cache: SecretCache;
  readonly clock: Clock;
}

/**
 * Looks ahead: nothing is read, and nothing recorded.
 * @throws CallerError for what the policy refuses; RequestError, ConfigurationError for what leads nowhere
 */
export function previewRead(options: ReadPreviewOptions, target: Target, context: AccessContext): ReadPreview {
  const { gate, cache, clock } = options;
  const route = gate.passBlind({ operation: 'resolve', context }, target);
  const nowMs = clock.monotonicMs();
  const [{ source, identity }] = route;
  const entries = route.map((stop) => ({ provider: stop.source.name, entry: cache.get(stop.identity.key) }));
  const fresh = entries.find(({ entry }) => entry?.isFresh(nowMs));
  if (fresh !== undefined) return { provider: fresh.provider, cache: 'fresh' };
  if (cache.getRefusal(identity.key) !== undefined) return { provider: source.name, cache: 'absent' };
  const stale = entries.find(({ entry }) => entry?.mayAnswerStale(nowMs));
  return stale === undefined ? { provider: source.name, cache: 'none' } : { provider: stale.provider, cache: 'stale' };
}
