import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { Redacted } from '../../core/redacted.ts';
import type { CredentialSource } from './credential-source.ts';
import { variable, type Environment } from '../../core/environment.ts';

/** Keys in `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` and `AWS_CREDENTIAL_EXPIRATION`. */
export function createEnvironmentSource(env: Environment): CredentialSource {
  return {
    async read() {
      const accessKeyId = variable(env, 'AWS_ACCESS_KEY_ID');
      const secretAccessKey = variable(env, 'AWS_SECRET_ACCESS_KEY');
      const sessionToken = variable(env, 'AWS_SESSION_TOKEN');
      if (accessKeyId === undefined && secretAccessKey === undefined)
        return { absent: "'AWS_ACCESS_KEY_ID' is not set" };
      if (accessKeyId === undefined || secretAccessKey === undefined)
        throw invalid("the environment has one of 'AWS_ACCESS_KEY_ID' and 'AWS_SECRET_ACCESS_KEY' without the other");
      return {
        accessKeyId,
        secretAccessKey: new Redacted(secretAccessKey),
        ...(sessionToken !== undefined && { sessionToken: new Redacted(sessionToken) }),
        ...expiration(env),
        source: 'the environment',
      };
    },
  };
}

function expiration(env: Environment): { readonly expiresAt?: Date } {
  const text = variable(env, 'AWS_CREDENTIAL_EXPIRATION');
  if (text === undefined) return {};
  const expiresAt = new Date(text);
  if (Number.isNaN(expiresAt.getTime())) throw invalid("'AWS_CREDENTIAL_EXPIRATION' is not a time");
  return { expiresAt };
}

const invalid = (message: string): AuthenticationError => new AuthenticationError('InvalidCredentials', message);
