import type { IncomingMessage } from 'node:http';
import type { AccessContext } from '../core/access-context.ts';
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
  readonly context: AccessContext;
  /** Why it may not. */
  readonly refusal: unknown;
}

export interface AdmissionOptions {
  /** Allowed `Host` names besides the loopback ones. */
  readonly hosts: readonly string[];
  readonly lifecycle: Lifecycle;
  readonly nextRequestId: RequestIds;
}

const MAX_HEADERS = 100;

/**
 * What every request goes through first: the guards in their order (design §7). They look at headers alone, so that what
 * a connection repeats byte for byte need not be looked at again.
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
    const context = toContext(connection, facts, requestId);
    try {
      this.#guard(connection, facts, request);
      return { connection, facts, context, refusal: undefined };
    } catch (refusal) {
      return { connection, facts, context, refusal };
    }
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
  }
}

function toContext({ source }: Connection, { caller, traceId }: HeaderFacts, requestId: string): AccessContext {
  return traceId === undefined ? { caller, source, requestId } : { caller, source, requestId, traceId };
}

/** `GET http://host/path` is how proxies are asked; the host in it counts more than `Host` (RFC 9112 §3.2.2). */
function assertOriginForm(url = ''): void {
  if (url.startsWith('/') || url === '*') return;
  throw new RequestError('ForwardedRequest', 'a request in the form for proxies is not served');
}
