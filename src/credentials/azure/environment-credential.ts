import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { type AzureCredential, CredentialUnavailableError } from './azure-credential.ts';
import type { AzureTools } from './azure-tools.ts';
import { createClientCertificate } from './client-certificate.ts';
import { createClientSecret } from './client-secret.ts';
import { environmentClient } from './environment-client.ts';
import { variable } from '../../core/environment.ts';
import { createFailingCredential } from './failing-credential.ts';

/** An application that `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and a secret or a certificate tell of; the secret wins. */
export function createEnvironmentCredential(tools: AzureTools, authority: URL): AzureCredential {
  const get = (name: string): string | undefined => variable(tools.env, name);
  const client = environmentClient(tools.env, authority);
  const [secret, certificate] = [get('AZURE_CLIENT_SECRET'), get('AZURE_CLIENT_CERTIFICATE_PATH')];
  if (client !== undefined && secret !== undefined) return createClientSecret(tools, client, secret);
  if (client !== undefined && certificate !== undefined) {
    const password = get('AZURE_CLIENT_CERTIFICATE_PASSWORD');
    return createClientCertificate(tools, client, {
      certificate: { file: certificate },
      ...(password !== undefined && { password }),
      algorithm: 'PS256',
      sendChain: /^(1|true)$/i.test(get('AZURE_CLIENT_SEND_CERTIFICATE_CHAIN') ?? ''),
    });
  }
  // The libraries would log in as this user; another identity in its place would be a surprise.
  if (client !== undefined && get('AZURE_USERNAME') !== undefined && get('AZURE_PASSWORD') !== undefined)
    return createFailingCredential(
      () =>
        new AuthenticationError(
          'InvalidCredentials',
          "'AZURE_USERNAME' is set, and the login of users is not supported",
        ),
    );
  return createFailingCredential(
    () => new CredentialUnavailableError("the environment holds no 'AZURE_TENANT_ID', 'AZURE_CLIENT_ID' and secret"),
  );
}
