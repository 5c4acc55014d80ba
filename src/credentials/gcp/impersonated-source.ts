import type { CredentialFile } from './credential-file.ts';
import { impersonate, impersonatedAccount, type Impersonation } from './impersonate.ts';
import type { SourceTools, TokenSource } from './token-source.ts';
import { parseTrustedUrl } from './trusted-url.ts';

const LIFETIME_SECONDS = 3600;

/** A service account that another credential acts as (`type: impersonated_service_account`). */
export function createImpersonatedSource(file: CredentialFile, inner: TokenSource, tools: SourceTools): TokenSource {
  const member = 'service_account_impersonation_url';
  const url = parseTrustedUrl(file.required(member), member, tools);
  const account = impersonatedAccount(url);
  const delegates: unknown = file.content['delegates'];
  const impersonation: Impersonation = {
    url,
    account,
    lifetimeSeconds: LIFETIME_SECONDS,
    ...(Array.isArray(delegates) && { delegates: delegates.filter((name) => typeof name === 'string') }),
  };
  return {
    ...file.common,
    kind: 'impersonation',
    source: `${inner.source}, which acts as a service account`,
    account,
    async token(signal) {
      const { token } = await inner.token(signal);
      return impersonate(tools, { impersonation, token }, signal);
    },
  };
}
