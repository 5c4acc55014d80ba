import type { Row } from './differential-row.ts';
import { userKeys } from './machine.ts';

const WITH_IMDS = { AWS_EC2_METADATA_DISABLED: 'false' };
const ENV_KEYS = { AWS_ACCESS_KEY_ID: 'AKIAUSERenv', AWS_SECRET_ACCESS_KEY: 'secret-of-env' };
const SHOP = { AWS_PROFILE: 'shop' };
const role = (name: string): string => `role_arn = arn:aws:iam::123456789012:role/${name}\n`;
const ROLE_OF_SHOP = { key: 'ASIA', source: "profile 'shop'" };
const BROKEN = 'what is configured and broken is said, instead of an identity that nobody asked for';
const shop = (text: string, more = ''): Readonly<Record<string, string>> => ({
  '.aws/config': `[profile shop]\n${text}\n${more}`,
});
const base = `[profile base]\n${userKeys('a')}`;

/** Profiles with a role. */
export const roleRows: readonly Row[] = [
  {
    name: 'a role by another profile',
    env: SHOP,
    files: shop(`${role('r')}source_profile = base`, base),
    both: ROLE_OF_SHOP,
  },
  {
    name: 'a role with all its settings',
    env: SHOP,
    files: shop(
      `${role('r')}source_profile = base\nexternal_id = an external id/=+&\nrole_session_name = me@shop\nduration_seconds = 900\nregion = us-west-2`,
      base,
    ),
    both: ROLE_OF_SHOP,
  },
  {
    name: 'a chain of three',
    env: SHOP,
    files: shop(`${role('r')}source_profile = middle`, `[profile middle]\n${role('m')}source_profile = base\n${base}`),
    both: ROLE_OF_SHOP,
  },
  {
    name: 'a role with static keys that names itself',
    env: SHOP,
    files: shop(`${role('r')}source_profile = shop\n${userKeys('a')}`),
    both: ROLE_OF_SHOP,
  },
  {
    name: 'a role with static keys and another source',
    env: SHOP,
    files: shop(`${role('r')}source_profile = base\n${userKeys('b')}`, base),
    both: ROLE_OF_SHOP,
  },
  {
    name: 'two profiles that name each other, one with static keys',
    env: SHOP,
    files: shop(
      `${role('r')}source_profile = other\n${userKeys('a')}`,
      `[profile other]\n${role('o')}source_profile = shop\n`,
    ),
    both: ROLE_OF_SHOP,
  },
  {
    name: 'a profile without keys that names itself',
    env: SHOP,
    files: shop(`${role('r')}source_profile = shop`),
    neither: /name each other as 'source_profile': shop -> shop/,
  },
  {
    name: 'a circle of three',
    env: SHOP,
    files: shop(
      `${role('r')}source_profile = a`,
      `[profile a]\n${role('a')}source_profile = b\n[profile b]\n${role('b')}source_profile = shop\n`,
    ),
    neither: /name each other as 'source_profile': a -> b -> shop -> a/,
  },
  {
    name: 'a circle, on an instance',
    env: { ...SHOP, ...WITH_IMDS },
    files: shop(`${role('r')}source_profile = shop`),
    differs: { reason: BROKEN, sdk: 'ASIAINSTANCE', ours: /name each other/ },
  },
  {
    name: 'a source that does not exist',
    env: SHOP,
    files: shop(`${role('r')}source_profile = gone`),
    neither: /profile 'shop' has the 'source_profile' 'gone', which does not exist/,
  },
  {
    name: 'a source without credentials',
    env: SHOP,
    files: shop(`${role('r')}source_profile = base`, '[profile base]\nregion = eu-west-1\n'),
    neither: /'source_profile' of profile 'shop': profile 'base' holds no credentials/,
  },
  {
    name: 'a role by the environment',
    env: { ...SHOP, ...ENV_KEYS },
    files: shop(`${role('r')}credential_source = Environment`),
    both: ROLE_OF_SHOP,
  },
  {
    name: 'a role by the instance',
    env: { ...SHOP, ...WITH_IMDS },
    files: shop(`${role('r')}credential_source = Ec2InstanceMetadata`),
    both: ROLE_OF_SHOP,
  },
  {
    name: 'a role by the container',
    env: { ...SHOP, AWS_CONTAINER_CREDENTIALS_FULL_URI: '{agent}' },
    files: shop(`${role('r')}credential_source = EcsContainer`),
    both: ROLE_OF_SHOP,
  },
  {
    name: 'a source profile that names a source without a role',
    env: { ...SHOP, ...ENV_KEYS },
    files: shop(`${role('r')}source_profile = base`, '[profile base]\ncredential_source = Environment\n'),
    both: ROLE_OF_SHOP,
  },
  {
    name: 'a role by an environment without keys',
    env: SHOP,
    files: shop(`${role('r')}credential_source = Environment`),
    neither: /'credential_source' of profile 'shop' is 'Environment': 'AWS_ACCESS_KEY_ID' is not set/,
  },
  {
    name: 'a role by an unknown source',
    env: SHOP,
    files: shop(`${role('r')}credential_source = Moon`),
    neither: /'credential_source' of profile 'shop' must be one of Environment, EcsContainer, Ec2InstanceMetadata/,
  },
  {
    name: 'a role with two sources',
    env: SHOP,
    files: shop(`${role('r')}source_profile = base\ncredential_source = Environment`, base),
    neither: /profile 'shop' needs one of 'source_profile' and 'credential_source'/,
  },
  {
    name: 'a role with static keys and no source',
    env: SHOP,
    files: shop(`${role('r')}${userKeys('a')}`),
    differs: {
      reason: 'the profile asks for the role; the user behind it may be allowed more',
      sdk: 'AKIAUSERa',
      ours: /profile 'shop' needs one of 'source_profile' and 'credential_source'/,
    },
  },
  {
    name: 'a role with a second factor',
    env: SHOP,
    files: shop(`${role('r')}source_profile = base\nmfa_serial = arn:aws:iam::123456789012:mfa/me`, base),
    neither: /profile 'shop' asks for a second factor \('mfa_serial'\)/,
  },
  {
    name: 'a role that STS refuses',
    env: SHOP,
    files: shop(`${role('denied')}source_profile = base`, base),
    neither: /STS does not allow the call to this identity \(sts:AssumeRole, AccessDenied\)/,
  },
  {
    name: 'a role by a key that STS does not know',
    env: SHOP,
    files: shop(`${role('r')}source_profile = base`, `[profile base]\n${userKeys('unknown')}`),
    neither: /the access key is not known/,
  },
  {
    name: 'a role by a wrong secret key',
    env: SHOP,
    files: shop(
      `${role('r')}source_profile = base`,
      '[profile base]\naws_access_key_id = AKIAUSERa\naws_secret_access_key = wrong\n',
    ),
    neither: /the secret key is not that of the access key/,
  },
  {
    name: 'a role with a duration that is no number',
    env: SHOP,
    files: shop(`${role('r')}source_profile = base\nduration_seconds = long`, base),
    neither: /'duration_seconds' that is not a whole number/,
  },
  {
    name: 'a role by a profile of web identity',
    env: SHOP,
    files: {
      ...shop(
        `${role('r')}source_profile = web`,
        `[profile web]\n${role('w')}web_identity_token_file = {home}/token\n`,
      ),
      token: 'web-token',
    },
    both: ROLE_OF_SHOP,
  },
  {
    name: 'a role by a profile of a process',
    env: SHOP,
    options: { allowExecutable: true },
    files: {
      ...shop(`${role('r')}source_profile = tool`, '[profile tool]\ncredential_process = cat {home}/keys.json\n'),
      'keys.json': '{"Version":1,"AccessKeyId":"AKIAUSERa","SecretAccessKey":"secret-of-a"}',
    },
    both: ROLE_OF_SHOP,
  },
];
