import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { Redacted } from '../../core/redacted.ts';
import { runCredentialProcess } from './credential-process.ts';
import type { Absent, CredentialSource, SourceTools } from './credential-source.ts';
import type { AwsCredentials } from './credentials.ts';
import { variable } from '../../core/environment.ts';
import type { IniSection } from './parse-ini.ts';
import { hasRole, parseProfileRole, type ProfileRole } from './profile-role.ts';
import { defaultSessionName } from './session-name.ts';
import { loadSharedConfig, profileName, type SharedConfig } from './shared-config.ts';
import { isSsoProfile, readSsoProfile } from './sso-profile.ts';
import { assumeWebIdentity } from './web-identity.ts';

/** The sources that a profile may name in `credential_source`. */
export type NamedSources = ReadonlyMap<string, CredentialSource>;

export interface ProfileSourceOptions {
  readonly tools: SourceTools;
  readonly named: NamedSources;
  /** From the configuration; else `AWS_PROFILE`, else `default`. */
  readonly profile: string | undefined;
}

/** A step on the way through profiles that name each other. */
interface Step {
  readonly name: string;
  readonly config: SharedConfig;
  /** The profiles that were named as a source so far. */
  readonly visited: readonly string[];
}

/** A profile of the shared files, with all that it may lead to. The files are read anew each time. */
export class ProfileSource implements CredentialSource {
  readonly #options: ProfileSourceOptions;

  constructor(options: ProfileSourceOptions) {
    this.#options = options;
  }

  async read(signal: AbortSignal): Promise<AwsCredentials | Absent> {
    const { tools, profile } = this.#options;
    const config = await loadSharedConfig(tools);
    const name = profileName(tools.env, profile);
    const isNamed = profile !== undefined || variable(tools.env, 'AWS_PROFILE') !== undefined;
    const section = config.profiles.get(name);
    if (section === undefined && isNamed) throw invalid(`there is no profile '${name}' in the shared files`);
    if (section === undefined) return { absent: `there is no profile '${name}' in the shared files` };
    return this.#resolve({ name, config, visited: [] }, section, signal);
  }

  /** The order within a profile is that of the official SDK. */
  async #resolve(step: Step, section: IniSection, signal: AbortSignal): Promise<AwsCredentials | Absent> {
    const { name, config, visited } = step;
    const { tools } = this.#options;
    // As a source of another profile, static keys come first: a profile with a role may name itself.
    if (visited.length > 0 && isStatic(section)) return staticKeys(name, section);
    if (hasRole(section)) return this.#assumeRole(step, parseProfileRole(name, section), signal);
    const named = visited.length > 0 ? section.get('credential_source') : undefined;
    if (named !== undefined) return this.#readNamed(name, named, signal);
    if (isStatic(section)) return staticKeys(name, section);
    const tokenFile = section.get('web_identity_token_file');
    if (tokenFile !== undefined) return this.#assumeWebIdentity(name, section, signal);
    const command = section.get('credential_process');
    if (command !== undefined) return runCredentialProcess(tools, { command, profile: name }, signal);
    if (isSsoProfile(section)) return readSsoProfile(tools, { name, config }, signal);
    if (section.has('login_session'))
      throw invalid(`profile '${name}' has a 'login_session' of 'aws login', which is for people, not for a daemon`);
    return { absent: `profile '${name}' holds no credentials` };
  }

  async #assumeRole(step: Step, role: ProfileRole, signal: AbortSignal): Promise<AwsCredentials> {
    const { tools } = this.#options;
    const base =
      role.from.kind === 'profile'
        ? await this.#readProfile(step, role.from.name, signal)
        : await this.#readNamed(step.name, role.from.name, signal);
    const region = role.region ?? (await tools.region(signal));
    const sessionName = role.sessionName ?? defaultSessionName(tools.clock);
    const assumed = await tools.sts.assumeRole(base, { ...role, region, sessionName }, signal);
    return { ...assumed, source: `profile '${step.name}'` };
  }

  async #readProfile({ name, config, visited }: Step, source: string, signal: AbortSignal): Promise<AwsCredentials> {
    if (visited.includes(source))
      throw invalid(`profiles name each other as 'source_profile': ${[...visited, source].join(' -> ')}`);
    const section = config.profiles.get(source);
    if (section === undefined)
      throw invalid(`profile '${name}' has the 'source_profile' '${source}', which does not exist`);
    const answer = await this.#resolve({ name: source, config, visited: [...visited, source] }, section, signal);
    if ('absent' in answer) throw invalid(`'source_profile' of profile '${name}': ${answer.absent}`);
    return answer;
  }

  async #readNamed(profile: string, name: string, signal: AbortSignal): Promise<AwsCredentials> {
    const source = this.#options.named.get(name);
    if (source === undefined)
      throw invalid(
        `'credential_source' of profile '${profile}' must be one of ${[...this.#options.named.keys()].join(', ')}`,
      );
    const answer = await source.read(signal);
    if ('absent' in answer) throw invalid(`'credential_source' of profile '${profile}' is '${name}': ${answer.absent}`);
    return answer;
  }

  async #assumeWebIdentity(name: string, section: IniSection, signal: AbortSignal): Promise<AwsCredentials> {
    const [tokenFile, roleArn] = [section.get('web_identity_token_file'), section.get('role_arn')];
    if (tokenFile === undefined || roleArn === undefined)
      throw invalid(`profile '${name}' has a 'web_identity_token_file' without a 'role_arn'`);
    const identity = {
      tokenFile,
      roleArn,
      sessionName: section.get('role_session_name'),
      region: section.get('region'),
    };
    return { ...(await assumeWebIdentity(this.#options.tools, identity, signal)), source: `profile '${name}'` };
  }
}

const isStatic = (section: IniSection): boolean =>
  section.has('aws_access_key_id') || section.has('aws_secret_access_key');

function staticKeys(name: string, section: IniSection): AwsCredentials {
  const accessKeyId = section.get('aws_access_key_id');
  const secretAccessKey = section.get('aws_secret_access_key');
  const sessionToken = section.get('aws_session_token');
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw invalid(`profile '${name}' has one of 'aws_access_key_id' and 'aws_secret_access_key' without the other`);
  return {
    accessKeyId,
    secretAccessKey: new Redacted(secretAccessKey),
    ...(sessionToken !== undefined && { sessionToken: new Redacted(sessionToken) }),
    source: `profile '${name}'`,
  };
}

const invalid = (message: string): AuthenticationError => new AuthenticationError('InvalidCredentials', message);
