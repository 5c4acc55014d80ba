import { Redacted } from '../../core/redacted.ts';
import { type AzureCredential, CredentialUnavailableError } from './azure-credential.ts';

/**
 * The first of several credentials that is set up here. One that is set up and refused is an error: going on with another
 * identity would hide it.
 */
export function createCredentialChain(credentials: readonly AzureCredential[]): AzureCredential {
  return {
    async proof() {
      const proofs = await Promise.all(
        credentials.map((credential) => credential.proof().catch(() => new Redacted('none'))),
      );
      return new Redacted(JSON.stringify(proofs.map((proof) => proof.expose())));
    },
    async requestToken(request, signal) {
      const reasons: string[] = [];
      for (const credential of credentials) {
        try {
          return await credential.requestToken(request, signal);
        } catch (error) {
          if (!(error instanceof CredentialUnavailableError)) throw error;
          reasons.push(error.message);
        }
      }
      throw new CredentialUnavailableError(`no credential for Azure is set up here: ${reasons.join('; ')}`);
    },
  };
}
