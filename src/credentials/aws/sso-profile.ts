import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { Redacted } from '../../core/redacted.ts';
import type { AwsCredentials } from './credentials.ts';
import type { SourceTools } from './credential-source.ts';
import { parseObject, textAt } from './parse-credentials.ts';
import type { IniSection } from './parse-ini.ts';
import type { SharedConfig } from './shared-config.ts';
import { getRoleCredentials } from './sso-portal.ts';

const LOG_IN = 'log in with the AWS CLI: aws sso login';
const SSO_KEYS = ['sso_start_url', 'sso_account_id', 'sso_session', 'sso_region', 'sso_role_name'] as const;

export const isSsoProfile = (profile: IniSection): boolean => SSO_KEYS.some((key) => profile.has(key));

/**
 * Credentials for a profile of IAM Identity Center, by the token that `aws sso login` has left in `~/.aws/sso/cache`.
 * The token is only read: it is the CLI's to renew.
 * @throws AuthenticationError naming the profile, the session or the file; ProviderError, NetworkError
 */
export async function readSsoProfile(
  tools: SourceTools,
  { name, config }: { readonly name: string; readonly config: SharedConfig },
  signal: AbortSignal,
): Promise<AwsCredentials> {
  const profile = config.profiles.get(name) ?? new Map();
  const sessionName = profile.get('sso_session');
  const place = sessionName === undefined ? profile : sessionOf(config, name, sessionName);
  const needed = (section: IniSection, key: (typeof SSO_KEYS)[number]): string => {
    const value = section.get(key);
    if (value === undefined) throw invalid(`profile '${name}' needs '${key}' to use IAM Identity Center`);
    return value;
  };
  const startUrl = needed(place, 'sso_start_url');
  const role = {
    region: needed(place, 'sso_region'),
    accountId: needed(profile, 'sso_account_id'),
    roleName: needed(profile, 'sso_role_name'),
  };
  const token = await readCachedToken(tools, sessionName ?? startUrl);
  return { ...(await getRoleCredentials(tools, { ...role, token }, signal)), source: `profile '${name}'` };
}

function sessionOf(config: SharedConfig, profile: string, name: string): IniSection {
  const session = config.ssoSessions.get(name);
  if (session === undefined)
    throw invalid(`profile '${profile}' names the sso-session '${name}', which does not exist`);
  return session;
}

async function readCachedToken({ homeDirectory, skew }: SourceTools, key: string): Promise<Redacted> {
  const base = `${createHash('sha1').update(key).digest('hex')}.json`;
  const file = join(homeDirectory, '.aws', 'sso', 'cache', base);
  const text = await readFile(file, 'utf8').catch(() => {
    throw invalid(`the token file '${file}' cannot be read: ${LOG_IN}`);
  });
  const value = parseObject(text, `the token file '${file}'`);
  const token = textAt(value, 'accessToken');
  const endsAtMs = Date.parse(textAt(value, 'expiresAt') ?? '');
  if (token === undefined || Number.isNaN(endsAtMs))
    throw invalid(`the token file '${file}' holds no token: ${LOG_IN}`);
  if (endsAtMs <= skew.nowMs)
    throw new AuthenticationError('ExpiredCredentials', `the token in '${file}' has expired: ${LOG_IN}`);
  return new Redacted(token);
}

const invalid = (message: string): AuthenticationError => new AuthenticationError('InvalidCredentials', message);
