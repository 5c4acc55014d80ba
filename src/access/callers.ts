import { ANONYMOUS } from './caller-rules.ts';
import type { Identity } from './identity.ts';

/** How callers are told apart. */
export interface Callers {
  /** Reads what callers are known by. @throws ConfigurationError with everything that is wrong */
  start(): Promise<void>;

  /**
   * Who has sent this `Authorization` header. At once, unless something has to be looked up or checked for the first time.
   * @throws CallerError `NotAuthenticated`; both ways
   */
  identify(authorization: string | undefined): Identity | Promise<Identity>;

  /** Nobody is known from then on. May be called twice. */
  close(): void;
}

const anonymous: Identity = { caller: ANONYMOUS };

/** Everyone who gets this far is `anonymous`. */
export const openCallers: Callers = {
  start: async () => undefined,
  identify: () => anonymous,
  close: () => undefined,
};
