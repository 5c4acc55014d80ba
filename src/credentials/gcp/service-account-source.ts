import { Redacted } from '../../core/redacted.ts';
import type { CredentialFile } from './credential-file.ts';
import { requestToken } from './oauth-call.ts';
import { JWT_LIFETIME_MS, type ServiceAccountKey, signJwt } from './sign-jwt.ts';
import type { AccessToken, SourceTools, TokenSource } from './token-source.ts';
import { parseTrustedUrl } from './trusted-url.ts';

/**
 * A service account key (`type: service_account`): it signs its own tokens, as the official client has it, which needs no
 * call; or, where those are refused, it asks for tokens at `token_uri`.
 */
export function createServiceAccountSource(file: CredentialFile, tools: SourceTools): TokenSource {
  const keyId = file.optional('private_key_id');
  const projectId = file.optional('project_id');
  const key: ServiceAccountKey = {
    email: file.required('client_email'),
    privateKey: new Redacted(file.required('private_key')),
    ...(keyId !== undefined && { keyId }),
  };
  const tokenUrl = parseTrustedUrl(
    file.optional('token_uri') ?? `https://oauth2.${tools.universeDomain}/token`,
    'token_uri',
    tools,
  );
  return {
    ...file.common,
    kind: 'service-account',
    source: `the service account key of ${file.origin}`,
    account: key.email,
    ...(projectId !== undefined && { projectId }),
    token: (signal) =>
      tools.signsItself ? signOwn(key, tools.clock.wallMs()) : exchange(key, { tokenUrl, tools }, signal),
  };
}

async function signOwn(key: ServiceAccountKey, nowMs: number): Promise<AccessToken> {
  return { token: await signJwt({ key, nowMs }), lifetimeMs: JWT_LIFETIME_MS, isSelfSigned: true };
}

interface Exchange {
  readonly tokenUrl: URL;
  readonly tools: SourceTools;
}

/** The JWT bearer grant (RFC 7523 §2.1). */
async function exchange(
  key: ServiceAccountKey,
  { tokenUrl, tools }: Exchange,
  signal: AbortSignal,
): Promise<AccessToken> {
  const assertion = await signJwt({ key, audience: tokenUrl.href, nowMs: tools.clock.wallMs() });
  return requestToken(
    tools,
    {
      url: tokenUrl,
      form: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: assertion.expose() },
      subject: `the key of '${key.email}'`,
    },
    signal,
  );
}
