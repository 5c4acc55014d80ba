import { LRUCache } from 'lru-cache';
import type { Secret } from '../../core/secret.ts';

interface Seen {
  readonly latest: Secret;
  /** The version that was there before it. */
  readonly before?: Secret;
}

// Of the secrets that were read lately.
const MAX_SECRETS = 1_000;

/** Remembers the version of each secret that was there before the current one. */
export class StaleVersions {
  readonly #seen = new LRUCache<string, Seen>({ max: MAX_SECRETS });

  /** @returns the version before, if the secret has been read when that was the current one */
  before(key: string, secret: Secret): Secret | undefined {
    const seen = this.#seen.get(key);
    const isSame = seen?.latest.version === secret.version;
    const before = isSame ? seen.before : seen?.latest;
    this.#seen.set(key, { latest: secret, ...(before !== undefined && { before }) });
    return before;
  }
}
