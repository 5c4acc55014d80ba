import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Identity } from './identity.ts';

interface Entry {
  readonly digest: Buffer;
  readonly identity: Identity;
  isValid: boolean;
}

/** A token with its caller. */
export interface CallerToken {
  readonly caller: string;
  readonly token: string;
}

const NOBODY = Buffer.alloc(32);

/**
 * Finds the caller of a token without keeping tokens. They are looked up by a digest under a key that lives as long as the
 * process: what a look-up may tell by its time is about a digest that nobody can make, and it takes as long for the last of
 * many callers as for the first. The digest that is found is compared in constant time all the same.
 */
export class TokenDirectory {
  readonly #key = randomBytes(32).toString('hex');
  #entries: ReadonlyMap<string, Entry> = new Map();

  /** What was known and is not among these counts no more, at once. */
  replace(tokens: readonly CallerToken[]): void {
    const entries = new Map<string, Entry>();
    for (const { caller, token } of tokens) {
      const name = this.#digest(token);
      const known = this.#entries.get(name);
      entries.set(name, known?.identity.caller === caller ? known : toEntry(caller, name));
    }
    for (const [name, entry] of this.#entries) if (entries.get(name) !== entry) entry.isValid = false;
    this.#entries = entries;
  }

  find(token: string): Identity | undefined {
    const name = this.#digest(token);
    const entry = this.#entries.get(name);
    const isFound = timingSafeEqual(entry?.digest ?? NOBODY, Buffer.from(name, 'base64'));
    return isFound ? entry?.identity : undefined;
  }

  /** Nobody sees a digest, so that a hash with the key in front serves as well as an HMAC, at a tenth of its cost. */
  #digest(token: string): string {
    return hash('sha256', this.#key + token, 'base64');
  }
}

function toEntry(caller: string, name: string): Entry {
  const entry: Entry = {
    digest: Buffer.from(name, 'base64'),
    isValid: true,
    identity: { caller, credential: { isValid: () => entry.isValid } },
  };
  return entry;
}
