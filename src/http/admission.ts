import type { IncomingMessage } from 'node:http';
import type { Callers } from '../access/callers.ts';
import { ANONYMOUS } from '../access/caller-rules.ts';
import type { Identity } from '../access/identity.ts';
import type { RateLimits } from '../access/rate-limits.ts';
import type { AccessContext } from '../core/access-context.ts';
import { CallerError } from '../core/errors/caller-error.ts';
import { RequestError } from '../core/errors/request-error.ts';
import type { Connection } from './connection.ts';
import { allowedHost, type Guard, notForwarded, sameSite } from './guards.ts';
import { type HeaderFacts, headerFactsOf } from './header-facts.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { RequestIds } from './request-context.ts';

/** A request on its way in: who asks, and whether it may pass. */
export interface Visit {
  readonly connection: Connection;
  readonly facts: HeaderFacts;
  /** Who asks; `anonymous` as long as that is not known. */
  context: AccessContext;
  /** Why a guard lets it go no further. */
  readonly refusal: unknown;
  /** Who asks, where that has to be checked first. */
  readonly pending: Promise<Identity> | undefined;
  /** Why it is nobody who may ask; for the routes that only a caller may use. */
  callerRefusal: unknown;
}

export interface AdmissionOptions {
  /** Allowed `Host` names besides the loopback ones. */
  readonly hosts: readonly string[];
  readonly callers: Callers;
  /** Small letters. Nobody is known who does not send this header. */
  readonly requiredHeader?: string;
  readonly limits: RateLimits;
  readonly lifecycle: Lifecycle;
  readonly nextRequestId: RequestIds;
}

const MAX_HEADERS = 100;
const nobody: Identity = { caller: ANONYMOUS };

/**
 * What every request goes through first: the guards in their order (design §7), then who asks. Both look at headers alone,
 * so that what a connection repeats byte for byte need not be looked at again.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #guards: readonly Guard[];
  readonly #unixGuards: readonly Guard[];

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#guards = [allowedHost(options.hosts), notForwarded, sameSite];
    this.#unixGuards = [notForwarded, sameSite];
  }

  admit(connection: Connection, request: IncomingMessage): Visit {
    const facts = headerFactsOf(connection, request);
    const requestId = facts.requestId ?? this.#options.nextRequestId();
    let identity: Identity | Promise<Identity> = nobody;
    let [refusal, callerRefusal]: [unknown, unknown] = [undefined, undefined];
    try {
      this.#guard(connection, facts, request);
    } catch (error) {
      refusal = error;
    }
    try {
      if (refusal === undefined) identity = this.#identify(connection, facts, request);
    } catch (error) {
      callerRefusal = error;
    }
    const pending = identity instanceof Promise ? identity : undefined;
    // A route that asks for no caller does not wait for it, and a refusal must not be an error that nobody takes.
    pending?.catch(() => undefined);
    const known = identity instanceof Promise ? nobody : identity;
    const context = toContext({ connection, facts, identity: known }, requestId);
    return { connection, facts, context, refusal, pending, callerRefusal };
  }

  /**
   * Lets a caller in. At once, unless it has to be checked who it is.
   * @throws CallerError for one who is not known, or asks too often; both ways
   */
  enter(visit: Visit): Promise<void> | undefined {
    if (visit.callerRefusal !== undefined) throw visit.callerRefusal;
    if (visit.pending !== undefined) return this.#enterLate(visit, visit.pending);
    this.#options.limits.admit(visit.context.caller);
    return undefined;
  }

  async #enterLate(visit: Visit, pending: Promise<Identity>): Promise<void> {
    const identity = await pending;
    // Another configuration may have come meanwhile.
    if (visit.facts.passed === this) visit.facts.identity = identity;
    visit.context = { ...visit.context, ...identity };
    this.#options.limits.admit(identity.caller);
  }

  #guard({ door }: Connection, facts: HeaderFacts, request: IncomingMessage): void {
    if (this.#options.lifecycle.isClosing) throw new RequestError('Draining', 'the daemon is stopping');
    if (request.rawHeaders.length > 2 * MAX_HEADERS)
      throw new RequestError('HeadersTooLarge', `the request has more than ${MAX_HEADERS} headers`);
    // The ops listener has limits only.
    if (door.kind === 'ops') return;
    assertOriginForm(request.url);
    if (facts.passed === this) return;
    const guards = door.isUnix ? this.#unixGuards : this.#guards;
    for (const guard of guards) guard(request.headers);
    facts.passed = this;
    facts.identity = undefined;
  }

  #identify({ door }: Connection, facts: HeaderFacts, { headers }: IncomingMessage): Identity | Promise<Identity> {
    const { callers, requiredHeader } = this.#options;
    if (door.kind === 'ops') return nobody;
    if (requiredHeader !== undefined && headers[requiredHeader] === undefined) throw lacksHeader(requiredHeader);
    if (door.identity !== undefined) return door.identity;
    const { identity: known } = facts;
    if (known !== undefined && known.credential?.isValid() !== false) return known;
    const identity = callers.identify(headers.authorization);
    if (!(identity instanceof Promise)) facts.identity = identity;
    return identity;
  }
}

interface Asking {
  readonly connection: Connection;
  readonly facts: HeaderFacts;
  readonly identity: Identity;
}

function toContext({ connection, facts, identity }: Asking, requestId: string): AccessContext {
  const { source } = connection;
  const { trace } = facts;
  const { caller, credential } = identity;
  const context = credential === undefined ? { caller, source, requestId } : { caller, source, requestId, credential };
  return trace === undefined ? context : { ...context, trace };
}

/** `GET http://host/path` is how proxies are asked; the host in it counts more than `Host` (RFC 9112 §3.2.2). */
function assertOriginForm(url = ''): void {
  if (url.startsWith('/') || url === '*') return;
  throw new RequestError('ForwardedRequest', 'a request in the form for proxies is not served');
}

function lacksHeader(name: string): CallerError {
  return new CallerError('NotAuthenticated', `the request has no '${name}' header, which is asked for here`, {
    challenge: `Header name="${name}"`,
  });
}
