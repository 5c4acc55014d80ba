import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { SecretsError } from '../../core/errors/secrets-error.ts';
import type { AwsCredentials } from './credentials.ts';
import type { Absent, CredentialSource, SourceTools } from './credential-source.ts';
import { openImds } from './imds.ts';
import { parseCredentials, parseObject, textAt } from './parse-credentials.ts';
import { REFRESH_AHEAD_MS } from './refresh-delay.ts';

const SOURCE = 'the instance metadata service';
const ROLES = 'meta-data/iam/security-credentials/';
const ROLE_NAME = /^[\w+=,.@-]+$/;
const EXTENSION_MS = 5 * 60_000;

/**
 * The role of the EC2 instance, with static stability: once there were credentials, a metadata service that fails or
 * hands out old ones does not end them. They are used on, since AWS may accept them for longer than they say, and asked
 * for again after 5 to 10 minutes.
 */
export function createImdsSource(tools: SourceTools): CredentialSource {
  let last: AwsCredentials | undefined;

  const extend = (held: AwsCredentials): AwsCredentials => {
    const delayMs = EXTENSION_MS * (1 + tools.random());
    return { ...held, expiresAt: new Date(tools.skew.nowMs + delayMs + REFRESH_AHEAD_MS) };
  };

  return {
    async read(signal) {
      const answer = await readRole(tools, signal).catch((error: unknown) => {
        if (last === undefined || !(error instanceof SecretsError)) throw error;
        return { absent: error.message };
      });
      if ('absent' in answer) {
        if (last === undefined) return answer;
      } else {
        last = answer;
        if (!hasEnded(answer, tools.skew.nowMs)) return answer;
      }
      tools.log.warn({ source: SOURCE }, 'no new credentials of the instance: the old ones are used on');
      return extend(last);
    },
  };
}

const hasEnded = ({ expiresAt }: AwsCredentials, nowMs: number): boolean =>
  expiresAt !== undefined && expiresAt.getTime() <= nowMs;

async function readRole(tools: SourceTools, signal: AbortSignal): Promise<AwsCredentials | Absent> {
  const read = await openImds(tools, signal);
  if ('absent' in read) return read;
  const role = await read(ROLES);
  if (typeof role !== 'string') return role;
  const name = role.trim();
  if (!ROLE_NAME.test(name))
    throw new AuthenticationError('InvalidCredentials', `${SOURCE} answers without the name of a role`);
  const text = await read(`${ROLES}${name}`);
  if (typeof text !== 'string') return text;
  const code = textAt(parseObject(text, SOURCE), 'Code') ?? 'Success';
  if (code !== 'Success')
    throw new AuthenticationError('InvalidCredentials', `${SOURCE} has no credentials for the role of the instance`);
  return parseCredentials(text, SOURCE, { token: 'Token', isTemporary: true });
}
