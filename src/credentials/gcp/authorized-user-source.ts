import type { CredentialFile } from './credential-file.ts';
import { requestToken } from './oauth-call.ts';
import type { SourceTools, TokenSource } from './token-source.ts';
import { parseTrustedUrl } from './trusted-url.ts';

/** A person's refresh token (`type: authorized_user`), as `gcloud auth application-default login` writes it. */
export function createAuthorizedUserSource(file: CredentialFile, tools: SourceTools): TokenSource {
  const form = {
    grant_type: 'refresh_token',
    client_id: file.required('client_id'),
    client_secret: file.required('client_secret'),
    refresh_token: file.required('refresh_token'),
  };
  const url = parseTrustedUrl(
    file.optional('token_uri') ?? `https://oauth2.${tools.universeDomain}/token`,
    'token_uri',
    tools,
  );
  return {
    ...file.common,
    kind: 'authorized-user',
    source: `the user login of ${file.origin}`,
    token: (signal) => requestToken(tools, { url, form, subject: "the user's login" }, signal),
  };
}
