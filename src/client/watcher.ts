import type { AccessContext } from '../core/access-context.ts';
import type { SecretEvent } from '../core/secret-event.ts';
import { parseSecretPrefix } from '../core/secret-path.ts';
import type { CheckedAccess } from './checked-access.ts';
import type { Router } from './router.ts';
import type { SecretReader } from './secret-reader.ts';

/** What a caller wants to be told of: one secret, or all whose path, as callers write it, begins so. */
export interface WatchRequest {
  readonly path?: string;
  readonly prefix?: string;
  readonly context: AccessContext;
}

export interface WatcherOptions {
  readonly access: CheckedAccess;
  readonly router: Router;
  readonly secrets: SecretReader;
}

/** Who may be told of what. */
export class Watcher {
  readonly #options: WatcherOptions;

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  /** One access, however long it lasts. @throws CallerError; RequestError `InvalidPath`; ConfigurationError */
  admit({ path, prefix = '', context }: WatchRequest): Promise<void> {
    const { access, router } = this.#options;
    return access.run({ operation: 'describe', path: path ?? prefix, context }, (routed) => {
      if (path === undefined) parseSecretPrefix(prefix);
      else routed(router.route({ path })[0].source.name);
    });
  }

  /** Whether the caller may still be told of what was asked for. */
  isAllowed({ path, prefix = '', context }: WatchRequest): boolean {
    return this.#options.access.isAllowed({ operation: 'describe', path: path ?? prefix, context });
  }

  /** Whether the event is one that was asked for and may be told. That of a whole provider concerns everyone. */
  concerns({ path, prefix = '', context }: WatchRequest, { path: subject }: SecretEvent): boolean {
    if (subject === undefined) return true;
    const isMeant = path === undefined ? subject.startsWith(prefix) : subject === path;
    return isMeant && this.#options.access.isAllowed({ operation: 'describe', path: subject, context });
  }

  /** Keeps a watched secret in use, so that it goes on being read anew. What is under a prefix is not. */
  async touch({ path }: WatchRequest): Promise<void> {
    try {
      if (path !== undefined) await this.#options.secrets.touch({ path });
    } catch {
      // That it cannot be read is told to those who read it.
    }
  }
}
