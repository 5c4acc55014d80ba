import type { CodeOf, ErrorCategory } from './codes.ts';

/** What an error may carry besides its code. No field may hold a value, a token or an upstream URL. */
export interface ErrorDetails {
  /** The underlying failure, for the log at debug level; never sent to a client. */
  readonly cause?: unknown;
  /** How long to wait before the next try, when the other side said so. */
  readonly retryAfterMs?: number;
  /** What `WWW-Authenticate` asks for. */
  readonly challenge?: string;
  /** Name of the provider instance. */
  readonly provider?: string;
  /** Path of the secret as the caller wrote it. */
  readonly path?: string;
}

/** Base of every expected failure. `category` and `code` are the two levels of the taxonomy. */
export abstract class SecretsError<C extends ErrorCategory = ErrorCategory> extends Error {
  abstract readonly category: C;
  readonly code: CodeOf<C>;
  #details: ErrorDetails;

  /** @param message lower case, no final period, the option or path quoted; never a value, a token or a URL. */
  constructor(code: CodeOf<C>, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.#details = details;
  }

  get details(): ErrorDetails {
    return this.#details;
  }

  /** Adds what the thrower did not know; what it did know stands. */
  addDetails(known: ErrorDetails): void {
    this.#details = { ...known, ...this.#details };
  }

  /** The category; the class name would be lost by bundling. */
  override get name(): string {
    return this.category;
  }

  /** Whether the same call may succeed later without anything being changed. */
  get retryable(): boolean {
    return false;
  }
}

/** Narrows to an expected failure; `instanceof` alone would lose the type of the code. */
export function isSecretsError(error: unknown): error is SecretsError {
  return error instanceof SecretsError;
}
