import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import type { IniSection } from './parse-ini.ts';

/** A role that a profile asks for, and whose credentials are to ask with. */
export interface ProfileRole {
  readonly roleArn: string;
  readonly sessionName: string | undefined;
  readonly externalId: string | undefined;
  readonly durationSeconds: number;
  readonly region: string | undefined;
  readonly from: { readonly kind: 'profile' | 'source'; readonly name: string };
}

const DEFAULT_DURATION_SECONDS = 3600;

/** Whether the profile is about a role that is assumed with other credentials, rightly or wrongly written. */
export const hasRole = (section: IniSection): boolean =>
  section.has('role_arn') && !(section.has('web_identity_token_file') && !hasBase(section));

const hasBase = (section: IniSection): boolean => section.has('source_profile') || section.has('credential_source');

/** @throws AuthenticationError naming the profile and the setting. */
export function parseProfileRole(name: string, section: IniSection): ProfileRole {
  const [profile, source] = [section.get('source_profile'), section.get('credential_source')];
  const base = profile ?? source;
  if (base === undefined || (profile !== undefined && source !== undefined))
    throw invalid(name, "needs one of 'source_profile' and 'credential_source' with its 'role_arn'");
  if (section.has('mfa_serial'))
    throw invalid(name, "asks for a second factor ('mfa_serial'), which a daemon cannot give");
  const durationSeconds = Number(section.get('duration_seconds') ?? DEFAULT_DURATION_SECONDS);
  if (!Number.isInteger(durationSeconds)) throw invalid(name, "has a 'duration_seconds' that is not a whole number");
  return {
    roleArn: section.get('role_arn') ?? '',
    sessionName: section.get('role_session_name'),
    externalId: section.get('external_id'),
    durationSeconds,
    region: section.get('region'),
    from: { kind: profile === undefined ? 'source' : 'profile', name: base },
  };
}

const invalid = (name: string, what: string): AuthenticationError =>
  new AuthenticationError('InvalidCredentials', `profile '${name}' ${what}`);
