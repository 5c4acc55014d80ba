import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import type { Redacted } from '../../core/redacted.ts';
import type { AccessToken, TokenRequest } from './access-token.ts';

/** One way to get tokens. */
export interface AzureCredential {
  /**
   * What it proves itself with, read anew. Equal as long as nothing has changed, so that refused ones are not sent again
   * and again.
   * @throws AuthenticationError naming what is missing.
   */
  proof(): Promise<Redacted>;

  /** @throws AuthenticationError, ProviderError, NetworkError */
  requestToken(request: TokenRequest, signal: AbortSignal): Promise<AccessToken>;
}

/** This way is not set up here; in a chain the next one is tried. */
export class CredentialUnavailableError extends AuthenticationError {
  constructor(message: string) {
    super('InvalidCredentials', message);
  }
}
