import { ANONYMOUS } from './caller-rules.ts';
import type { Identity } from './identity.ts';

/** How callers are told apart. */
export interface Callers {
  /** Takes over from those of another configuration whose `jwt` is the same what may not be had at the moment. */
  takeOver(previous: Callers): void;

  /** Reads what callers are known by. @throws ConfigurationError with everything that is wrong */
  start(): Promise<void>;

  /**
   * Who has sent this `Authorization` header. At once, unless something has to be looked up or checked for the first time.
   * @throws CallerError `NotAuthenticated`; both ways
   */
  identify(authorization: string | undefined): Identity | Promise<Identity>;

  /** Nobody is known from then on; resolves when nothing is under way any more. May be called twice. */
  close(): Promise<void>;
}

const anonymous: Identity = { caller: ANONYMOUS };

/** Everyone who gets this far is `anonymous`. */
export const openCallers: Callers = {
  takeOver: () => undefined,
  start: async () => undefined,
  identify: () => anonymous,
  close: async () => undefined,
};
