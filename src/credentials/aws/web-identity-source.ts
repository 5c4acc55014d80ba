import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import type { CredentialSource, SourceTools } from './credential-source.ts';
import { variable } from '../../core/environment.ts';
import { assumeWebIdentity } from './web-identity.ts';

const TOKEN_FILE = 'AWS_WEB_IDENTITY_TOKEN_FILE';

/** IAM roles for service accounts: `AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_ROLE_ARN` and `AWS_ROLE_SESSION_NAME`. */
export function createWebIdentitySource(tools: SourceTools): CredentialSource {
  return {
    async read(signal) {
      const tokenFile = variable(tools.env, TOKEN_FILE);
      if (tokenFile === undefined) return { absent: `'${TOKEN_FILE}' is not set` };
      const roleArn = variable(tools.env, 'AWS_ROLE_ARN');
      if (roleArn === undefined)
        throw new AuthenticationError('InvalidCredentials', `'${TOKEN_FILE}' is set, and 'AWS_ROLE_ARN' is not`);
      const sessionName = variable(tools.env, 'AWS_ROLE_SESSION_NAME');
      return assumeWebIdentity(tools, { tokenFile, roleArn, sessionName, region: undefined }, signal);
    },
  };
}
