import type { Credential } from '../core/access-context.ts';

/** Who somebody is, and by what. */
export interface Identity {
  /** Name of the caller. */
  readonly caller: string;
  /** Absent where nothing needs to be shown. */
  readonly credential?: Credential;
}
