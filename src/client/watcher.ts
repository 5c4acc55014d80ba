import type { AccessContext } from '../core/access-context.ts';
import type { SecretEvent } from '../core/secret-event.ts';
import type { CheckedAccess } from './checked-access.ts';
import type { Gate, KnownSecret } from './gate.ts';
import type { SecretReader } from './secret-reader.ts';

// What a watch needs.
const operation = 'describe';

/** What a caller wants to be told of: one secret, or all whose path, as callers write it, begins so. */
export interface WatchRequest {
  readonly path?: string;
  readonly prefix?: string;
  readonly context: AccessContext;
}

export interface WatcherOptions {
  readonly access: CheckedAccess;
  readonly gate: Gate;
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
    const { access } = this.#options;
    if (path !== undefined) return access.toSecret({ operation, path, context }, () => undefined);
    return access.toPrefix({ operation, path: prefix, context }, () => undefined);
  }

  /** Whether the caller may still be told of what was asked for. */
  isAllowed({ path, prefix, context }: WatchRequest): boolean {
    const place = path === undefined ? { prefix: prefix ?? '' } : { path };
    return this.#options.gate.isOpen({ operation, context }, place);
  }

  /**
   * Whether the event is one that was asked for and may be told. That of a whole provider concerns everyone. Where the
   * caller's rules need tags that are not at hand it may not.
   */
  concerns(request: WatchRequest, event: SecretEvent): boolean {
    const secret = subjectOf(request, event);
    if (secret === undefined) return event.path === undefined;
    return this.#options.gate.sees({ operation, context: request.context }, secret);
  }

  /** Likewise, but tags that are not at hand are asked for: then there is something to wait for. */
  concernsInTime(request: WatchRequest, event: SecretEvent): boolean | Promise<boolean> {
    const secret = subjectOf(request, event);
    if (secret === undefined) return event.path === undefined;
    return this.#options.gate.seesInTime({ operation, context: request.context }, secret);
  }

  /** Keeps a watched secret in use, so that it goes on being read anew. What is under a prefix is not. */
  async touch({ path, context }: WatchRequest): Promise<void> {
    try {
      if (path !== undefined) await this.#options.secrets.touch({ path, context }, operation);
    } catch {
      // That it cannot be read is told to those who read it.
    }
  }
}

/** The secret that an event is about, if that is one of those that are watched. */
function subjectOf({ path, prefix = '' }: WatchRequest, event: SecretEvent): KnownSecret | undefined {
  const { path: subject, provider } = event;
  if (subject === undefined) return undefined;
  const isMeant = path === undefined ? subject.startsWith(prefix) : subject === path;
  return isMeant ? { path: subject, provider } : undefined;
}
