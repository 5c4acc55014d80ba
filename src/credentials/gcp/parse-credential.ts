import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { createAuthorizedUserSource } from './authorized-user-source.ts';
import type { CredentialFile } from './credential-file.ts';
import { createExternalAccountSource } from './external-account-source.ts';
import { createImpersonatedSource } from './impersonated-source.ts';
import { createServiceAccountSource } from './service-account-source.ts';
import type { SourceTools, TokenSource } from './token-source.ts';

/** What the type of a credential file makes of it. @throws AuthenticationError */
export function parseCredential(file: CredentialFile, tools: SourceTools): TokenSource {
  switch (file.type) {
    // A file without a type is a key, as with Google's libraries.
    case '':
    case 'service_account':
      return createServiceAccountSource(file, tools);
    case 'authorized_user':
      return createAuthorizedUserSource(file, tools);
    case 'external_account':
      return createExternalAccountSource(file, tools);
    case 'impersonated_service_account':
      return createImpersonatedSource(file, parseCredential(file.nested('source_credentials'), tools), tools);
    default:
      throw new AuthenticationError(
        'InvalidCredentials',
        `the credential file of ${file.origin} is of a type that is not supported; supported are service_account, authorized_user, external_account and impersonated_service_account`,
      );
  }
}
