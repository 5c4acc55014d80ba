import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Admission, Visit } from './admission.ts';
import type { Connection } from './connection.ts';
import { rememberVisit } from './request-context.ts';

export interface DispatchOptions<Question> {
  readonly admission: Pick<Admission, 'admit' | 'enter'>;
  /** Whether requests are refused for the load that there is. */
  readonly isOverloaded: () => boolean;
  readonly reads: KnownReads<Question>;
  /** The routes of the contract. */
  readonly route: Route;
}

/** Reads by URLs that were answered before. */
export interface KnownReads<Question> {
  known(url: string): Question | undefined;
  answer(asked: { readonly question: Question; readonly visit: Visit; readonly response: ServerResponse }): void;
}

export type Route = (request: IncomingMessage, response: ServerResponse) => void;

/** Takes every request of every listener. */
export type Dispatch = (connection: Connection, request: IncomingMessage, response: ServerResponse) => void;

/**
 * The guards first. A read by a URL that was answered before goes straight to its answer; everything else takes the way
 * by the routes, which also tell what it was that a guard refused.
 */
export function createDispatch<Question>({
  admission,
  isOverloaded,
  reads,
  route,
}: DispatchOptions<Question>): Dispatch {
  return (connection, request, response) => {
    const visit = admission.admit(connection, request);
    const { method, url = '' } = request;
    const mayPass = visit.refusal === undefined && connection.door.kind === 'api' && !isOverloaded();
    const question = mayPass && method === 'GET' ? reads.known(url) : undefined;
    if (question !== undefined && mayEnter(admission, visit)) {
      reads.answer({ question, visit, response });
      return;
    }
    rememberVisit(request, visit);
    // Where there is no body there is no end of one either, which whoever reads it would wait for.
    if (request.readableEnded) delete request.headers['content-type'];
    route(request, response);
  };
}

/** What is refused, or takes time to tell, is for the routes. */
function mayEnter(admission: Pick<Admission, 'enter'>, visit: Visit): boolean {
  if (visit.pending !== undefined) return false;
  try {
    void admission.enter(visit);
    return true;
  } catch (error) {
    visit.callerRefusal = error;
    return false;
  }
}
