import { createHash } from 'node:crypto';
import type { Row } from './differential-row.ts';
import { userKeys } from './machine.ts';

const WITH_IMDS = { AWS_EC2_METADATA_DISABLED: 'false' };
const SHOP = { AWS_PROFILE: 'shop' };
const ARN = 'arn:aws:iam::123456789012:role/pod';
const IRSA = { AWS_WEB_IDENTITY_TOKEN_FILE: '{home}/token', AWS_ROLE_ARN: ARN };
const BROKEN = 'what is configured and broken is said, instead of an identity that nobody asked for';
const POD = { key: 'ASIA', source: `role '${ARN}', assumed with a web identity token` };
const shop = (text: string, more = ''): Readonly<Record<string, string>> => ({
  '.aws/config': `[profile shop]\n${text}\n${more}`,
});
const keys = (more: object): string =>
  JSON.stringify({ Version: 1, AccessKeyId: 'AKIAUSERa', SecretAccessKey: 'secret-of-a', ...more });
const TOOL = 'credential_process = cat {home}/keys.json';
const cached = (key: string): string => `.aws/sso/cache/${createHash('sha1').update(key).digest('hex')}.json`;
const token = (changes: object = {}): string =>
  JSON.stringify({ accessToken: 'portal-token', expiresAt: '2200-01-01T00:00:00Z', region: 'eu-west-1', ...changes });
const SSO_ROLE = 'sso_account_id = 123456789012\nsso_role_name = Dev\n';
const SESSION = '[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\n';
const OLD_SSO = `${SSO_ROLE}sso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\n`;
const PORTAL = { key: 'ASIAPORTAL123456789012', source: "profile 'shop'" };

/** Web identity, programs and IAM Identity Center. */
export const tokenRows: readonly Row[] = [
  { name: 'web identity of the environment', env: IRSA, files: { token: 'web-token' }, both: POD },
  {
    name: 'with the name of a session',
    env: { ...IRSA, AWS_ROLE_SESSION_NAME: 'pod-1' },
    files: { token: 'web-token' },
    both: POD,
  },
  {
    name: 'the default profile is before web identity',
    env: IRSA,
    files: { token: 'web-token', '.aws/credentials': `[default]\n${userKeys('a')}` },
    both: { key: 'AKIAUSERa', source: "profile 'default'" },
  },
  {
    name: 'web identity is before the container',
    env: { ...IRSA, AWS_CONTAINER_CREDENTIALS_FULL_URI: '{agent}' },
    files: { token: 'web-token' },
    both: POD,
  },
  {
    name: 'a token file that is not there',
    env: { ...IRSA, ...WITH_IMDS },
    neither: /the token file '.*token' cannot be read/,
  },
  {
    name: 'a token that STS refuses',
    env: { ...IRSA, ...WITH_IMDS },
    files: { token: 'forged' },
    neither: /STS does not accept the web identity token/,
  },
  {
    name: 'a role that the token may not have',
    env: { ...IRSA, AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/denied' },
    files: { token: 'web-token' },
    neither: /AssumeRoleWithWebIdentity, AccessDenied/,
  },
  {
    name: 'a token with a line end',
    env: IRSA,
    files: { token: 'web-token\n' },
    differs: { reason: 'the line end is no part of a token, as with other token files', sdk: 'fails', ours: POD },
  },
  {
    name: 'a token file without a role',
    env: { ...WITH_IMDS, AWS_WEB_IDENTITY_TOKEN_FILE: '{home}/token' },
    files: { token: 'web-token' },
    differs: { reason: BROKEN, sdk: 'ASIAINSTANCE', ours: /'AWS_ROLE_ARN' is not/ },
  },
  {
    name: 'a role without a token file',
    env: { ...WITH_IMDS, AWS_ROLE_ARN: ARN },
    both: { key: 'ASIAINSTANCE', source: /instance/ },
  },
  {
    name: 'web identity of a profile',
    env: SHOP,
    files: { ...shop(`role_arn = ${ARN}\nweb_identity_token_file = {home}/token`), token: 'web-token' },
    both: { key: 'ASIA', source: "profile 'shop'" },
  },
  {
    name: 'web identity of a profile without a role',
    env: SHOP,
    files: { ...shop('web_identity_token_file = {home}/token'), token: 'web-token' },
    neither: /'web_identity_token_file' without a 'role_arn'/,
  },
  {
    name: 'static keys are before web identity in a profile',
    env: SHOP,
    files: { ...shop(`web_identity_token_file = {home}/token\n${userKeys('a')}`), token: 'web-token' },
    both: { key: 'AKIAUSERa', source: "profile 'shop'" },
  },
  {
    name: 'a program',
    env: SHOP,
    options: { allowExecutable: true },
    files: { ...shop(TOOL), 'keys.json': keys({}) },
    both: { key: 'AKIAUSERa', source: "'credential_process' of profile 'shop'" },
  },
  {
    name: 'a program with temporary keys',
    env: SHOP,
    options: { allowExecutable: true },
    files: { ...shop(TOOL), 'keys.json': keys({ SessionToken: 'process-token', Expiration: '2200-01-01T00:00:00Z' }) },
    both: { key: 'AKIAUSERa', source: "'credential_process' of profile 'shop'" },
  },
  {
    name: 'a program with arguments for the shell',
    env: { ...SHOP, KEYS: 'keys.json' },
    options: { allowExecutable: true },
    files: { ...shop('credential_process = cat "{home}/$KEYS" | tr -d "\\n"'), 'keys.json': keys({}) },
    both: { key: 'AKIAUSERa', source: "'credential_process' of profile 'shop'" },
  },
  {
    name: 'a program that nobody has allowed',
    env: SHOP,
    files: { ...shop(TOOL), 'keys.json': keys({}) },
    differs: {
      reason: 'a file that configures AWS must not start programs in a daemon unless its operator says so',
      sdk: 'AKIAUSERa',
      ours: /'credential_process' of profile 'shop' runs a program, which needs 'allowExecutable: true'/,
    },
  },
  ...(
    [
      ['of another version', keys({ Version: 2 }), /another format than 'Version' 1/],
      ['without a secret', '{"Version":1,"AccessKeyId":"AKIAUSERa"}', /without all parts/],
      ['with keys that have expired', keys({ Expiration: '2020-01-01T00:00:00Z' }), /have expired already/],
      ['that answers with no JSON', 'canary', /something else than a JSON object/],
    ] as const
  ).map(([what, output, neither]) => ({
    name: `a program ${what}`,
    env: SHOP,
    options: { allowExecutable: true },
    files: { ...shop(TOOL), 'keys.json': output },
    neither,
  })),
  {
    name: 'a program that fails',
    env: SHOP,
    options: { allowExecutable: true },
    files: shop('credential_process = echo canary; exit 3'),
    neither: /'credential_process' of profile 'shop' failed/,
  },
  {
    name: 'an sso-session',
    env: SHOP,
    files: { ...shop(`${SSO_ROLE}sso_session = corp`, SESSION), [cached('corp')]: token() },
    both: PORTAL,
  },
  {
    name: 'IAM Identity Center without a session',
    env: SHOP,
    files: { ...shop(OLD_SSO), [cached('https://corp.awsapps.com/start')]: token() },
    both: PORTAL,
  },
  {
    name: 'a role by IAM Identity Center',
    env: SHOP,
    files: {
      ...shop(`role_arn = ${ARN}\nsource_profile = sso`, `[profile sso]\n${SSO_ROLE}sso_session = corp\n${SESSION}`),
      [cached('corp')]: token(),
    },
    // The SDK looks for the token by the start profile's session.
    both: { key: 'ASIA', source: "profile 'shop'" },
  },
  {
    name: 'a token of the CLI that has expired',
    env: SHOP,
    files: {
      ...shop(`${SSO_ROLE}sso_session = corp`, SESSION),
      [cached('corp')]: token({ expiresAt: '2020-01-01T00:00:00Z' }),
    },
    neither: /the token in '.*' has expired: log in with the AWS CLI: aws sso login/,
  },
  {
    name: 'no token of the CLI',
    env: SHOP,
    files: shop(`${SSO_ROLE}sso_session = corp`, SESSION),
    neither: /the token file '.*json' cannot be read: log in with the AWS CLI/,
  },
  {
    name: 'a token file of the CLI that is no JSON',
    env: SHOP,
    files: { ...shop(`${SSO_ROLE}sso_session = corp`, SESSION), [cached('corp')]: 'canary' },
    neither: /the token file '.*json' answers with something else than a JSON object/,
  },
  {
    name: 'a token that the portal refuses',
    env: SHOP,
    files: { ...shop(`${SSO_ROLE}sso_session = corp`, SESSION), [cached('corp')]: token({ accessToken: 'forged' }) },
    neither: /IAM Identity Center does not accept the token: aws sso login/,
  },
  {
    name: 'a role that the portal does not give',
    env: SHOP,
    files: {
      ...shop('sso_account_id = 123456789012\nsso_role_name = Forbidden\nsso_session = corp', SESSION),
      [cached('corp')]: token(),
    },
    neither: /IAM Identity Center does not give this role/,
  },
  {
    name: 'an sso-session that does not exist',
    env: SHOP,
    files: { ...shop(`${SSO_ROLE}sso_session = corp`), [cached('corp')]: token() },
    neither: /profile 'shop' names the sso-session 'corp', which does not exist/,
  },
  {
    name: 'IAM Identity Center without the name of a role',
    env: SHOP,
    files: { ...shop('sso_account_id = 123456789012\nsso_session = corp', SESSION), [cached('corp')]: token() },
    neither: /profile 'shop' needs 'sso_role_name'/,
  },
  {
    name: 'a session of aws login',
    env: SHOP,
    files: shop('login_session = arn:aws:iam::123456789012:user/me'),
    neither: /'login_session' of 'aws login', which is for people/,
  },
];
