import type { AuthenticationError } from '../../core/errors/authentication-error.ts';
import type { AzureCredential } from './azure-credential.ts';

/** A way that cannot work here, and why. */
export function createFailingCredential(toError: () => AuthenticationError): AzureCredential {
  const fail = async (): Promise<never> => {
    throw toError();
  };
  return { proof: fail, requestToken: fail };
}
