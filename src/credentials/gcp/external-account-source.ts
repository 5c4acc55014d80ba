import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { isObject } from '../../core/json-object.ts';
import { Redacted } from '../../core/redacted.ts';
import type { CredentialFile } from './credential-file.ts';
import { impersonate, impersonatedAccount, type Impersonation } from './impersonate.ts';
import { objectAt, textAt, textsAt } from '../../core/json-fields.ts';
import { requestToken, type OAuthRequest } from './oauth-call.ts';
import { createAwsSubject } from './subject-from-aws.ts';
import { createExecutableSubject } from './subject-from-executable.ts';
import { createFileSubject } from './subject-from-file.ts';
import { createUrlSubject } from './subject-from-url.ts';
import { credentialSource, parseFormat, type ReadSubjectToken } from './subject-token.ts';
import { CLOUD_PLATFORM, type SourceTools, type TokenSource } from './token-source.ts';
import { parseTrustedUrl } from './trusted-url.ts';

const LIFETIME_SECONDS = 3600;
const WORKFORCE_POOL = /^\/\/iam\.googleapis\.com\/locations\/[^/]+\/workforcePools\/[^/]+\/providers\/.+/;

/**
 * Workload identity federation (`type: external_account`): a token of another identity provider is exchanged at Google's
 * Security Token Service (RFC 8693), and mostly for one of a service account then.
 */
export function createExternalAccountSource(file: CredentialFile, tools: SourceTools): TokenSource {
  const impersonation = parseImpersonation(file, tools);
  const readSubject = createSubject(file, impersonation?.account, tools);
  const exchange = parseExchange(file, tools);
  const account = impersonation?.account;
  return {
    ...file.common,
    kind: 'external-account',
    source: `the workload identity federation of ${file.origin}`,
    ...(account !== undefined && { account }),
    async token(signal) {
      const subjectToken = await readSubject(signal);
      const form = { ...exchange.form, subject_token: subjectToken.expose() };
      const federated = await requestToken(tools, { ...exchange, form }, signal);
      return impersonation === undefined
        ? federated
        : impersonate(tools, { impersonation, token: federated.token }, signal);
    },
  };
}

/** The request to the Security Token Service, without the subject token. */
function parseExchange(file: CredentialFile, tools: SourceTools): OAuthRequest {
  const audience = file.required('audience');
  const userProject = file.optional('workforce_pool_user_project');
  if (userProject !== undefined && !WORKFORCE_POOL.test(audience))
    throw invalid("the credential file's 'workforce_pool_user_project' is for the 'audience' of a workforce pool only");
  const clientId = file.optional('client_id');
  const client = `${clientId ?? ''}:${file.optional('client_secret') ?? ''}`;
  return {
    url: parseTrustedUrl(
      file.optional('token_url') ?? `https://sts.${tools.universeDomain}/v1/token`,
      'token_url',
      tools,
    ),
    form: {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience,
      scope: CLOUD_PLATFORM,
      subject_token_type: file.required('subject_token_type'),
      ...(clientId === undefined && userProject !== undefined && { options: JSON.stringify({ userProject }) }),
    },
    ...(clientId !== undefined && {
      authorization: new Redacted(`Basic ${Buffer.from(client).toString('base64')}`),
    }),
    subject: 'the subject token',
  };
}

function parseImpersonation(file: CredentialFile, tools: SourceTools): Impersonation | undefined {
  const member = 'service_account_impersonation_url';
  const address = file.optional(member);
  if (address === undefined) return undefined;
  const url = parseTrustedUrl(address, member, tools);
  const seconds = objectAt(file.content, 'service_account_impersonation')['token_lifetime_seconds'];
  const lifetimeSeconds = typeof seconds === 'number' ? seconds : LIFETIME_SECONDS;
  return { url, account: impersonatedAccount(url), lifetimeSeconds };
}

function createSubject(file: CredentialFile, account: string | undefined, tools: SourceTools): ReadSubjectToken {
  const source = credentialSource(file);
  const { executable } = source;
  if (source['environment_id'] !== undefined)
    return createAwsSubject({ source, audience: file.required('audience') }, tools);
  if (isObject(executable))
    return createExecutableSubject(
      {
        executable,
        account,
        audience: file.required('audience'),
        subjectTokenType: file.required('subject_token_type'),
      },
      tools,
    );
  const [path, address] = [textAt(source, 'file'), textAt(source, 'url')];
  if (path !== undefined && address !== undefined)
    throw invalid("the credential file's 'credential_source' has both 'file' and 'url'");
  const format = parseFormat(source);
  if (path !== undefined) return createFileSubject(path, format);
  if (address !== undefined) return createUrlSubject({ address, headers: textsAt(source, 'headers'), format }, tools);
  throw invalid("the credential file's 'credential_source' is none of file, url, aws and executable");
}

const invalid = (message: string): AuthenticationError => new AuthenticationError('InvalidCredentials', message);
