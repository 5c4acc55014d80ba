import { AccessError } from '../../src/core/errors/access-error.ts';
import { AuthenticationError } from '../../src/core/errors/authentication-error.ts';
import { CacheError } from '../../src/core/errors/cache-error.ts';
import { CallerError } from '../../src/core/errors/caller-error.ts';
import { codesByCategory } from '../../src/core/errors/codes.ts';
import { ConfigurationError } from '../../src/core/errors/configuration-error.ts';
import { NetworkError } from '../../src/core/errors/network-error.ts';
import { ParseError } from '../../src/core/errors/parse-error.ts';
import { ProviderError } from '../../src/core/errors/provider-error.ts';
import { RequestError } from '../../src/core/errors/request-error.ts';
import { RotationError } from '../../src/core/errors/rotation-error.ts';
import { SecretNotFoundError } from '../../src/core/errors/secret-not-found-error.ts';
import type { ErrorDetails, SecretsError } from '../../src/core/errors/secrets-error.ts';

/** One error of each code of the taxonomy. */
export function everyError(details: ErrorDetails = {}): readonly SecretsError[] {
  const codes = codesByCategory;
  return [
    ...codes.ConfigurationError.map((code) => new ConfigurationError(code, 'm', details)),
    ...codes.AuthenticationError.map((code) => new AuthenticationError(code, 'm', details)),
    ...codes.SecretNotFoundError.map((code) => new SecretNotFoundError(code, 'm', details)),
    ...codes.AccessError.map((code) => new AccessError(code, 'm', details)),
    ...codes.RotationError.map((code) => new RotationError(code, 'm', details)),
    ...codes.ProviderError.map((code) => new ProviderError(code, 'm', details)),
    ...codes.CacheError.map((code) => new CacheError(code, 'm', details)),
    ...codes.ParseError.map((code) => new ParseError(code, 'm', details)),
    ...codes.NetworkError.map((code) => new NetworkError(code, 'm', details)),
    ...codes.RequestError.map((code) => new RequestError(code, 'm', details)),
    ...codes.CallerError.map((code) => new CallerError(code, 'm', details)),
  ];
}
