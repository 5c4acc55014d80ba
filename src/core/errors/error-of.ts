import { AccessError } from './access-error.ts';
import { AuthenticationError } from './authentication-error.ts';
import { CacheError } from './cache-error.ts';
import { CallerError } from './caller-error.ts';
import { type CodeOf, codesByCategory, type ErrorCategory, type ErrorCode } from './codes.ts';
import { ConfigurationError } from './configuration-error.ts';
import { NetworkError } from './network-error.ts';
import { ParseError } from './parse-error.ts';
import { ProviderError } from './provider-error.ts';
import { RequestError } from './request-error.ts';
import { RotationError } from './rotation-error.ts';
import { SecretNotFoundError } from './secret-not-found-error.ts';
import type { ErrorDetails, SecretsError } from './secrets-error.ts';

type Maker<C extends ErrorCategory> = new (code: CodeOf<C>, message: string, details?: ErrorDetails) => SecretsError<C>;

const classes: { readonly [C in ErrorCategory]: Maker<C> } = {
  ConfigurationError,
  AuthenticationError,
  SecretNotFoundError,
  AccessError,
  RotationError,
  ProviderError,
  CacheError,
  ParseError,
  NetworkError,
  RequestError,
  CallerError,
};

/** The error that a code stands for. */
export function errorOf(code: ErrorCode, message: string, details?: ErrorDetails): SecretsError {
  for (const [category, codes] of Object.entries(codesByCategory)) {
    if (codes.some((known) => known === code)) return create(category, code, { message, details });
  }
  throw new TypeError(`no category has the code '${code}'`);
}

interface Saying {
  readonly message: string;
  readonly details: ErrorDetails | undefined;
}

/** The table of codes says that the code is one of the category's, which the types of a look-up cannot. */
function create(category: string, code: ErrorCode, { message, details }: Saying): SecretsError {
  const Class = classes[category as ErrorCategory] as Maker<ErrorCategory>;
  return new Class(code, message, details);
}
