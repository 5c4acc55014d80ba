import type { Row } from './differential-row.ts';
import { userKeys } from './machine.ts';

const ENV_KEYS = { AWS_ACCESS_KEY_ID: 'AKIAUSERenv', AWS_SECRET_ACCESS_KEY: 'secret-of-env' };
const WITH_IMDS = { AWS_EC2_METADATA_DISABLED: 'false' };
const ENVIRONMENT = { key: 'AKIAUSERenv', source: 'the environment' };
const INSTANCE = { key: 'ASIAINSTANCE', source: 'the instance metadata service' };
const profile = (name: string, key: string) => ({ key: `AKIAUSER${key}`, source: `profile '${name}'` });

const BROKEN = 'what is configured and broken is said, instead of an identity that nobody asked for';

/** Keys in the environment and in the shared files. */
export const staticRows: readonly Row[] = [
  {
    name: 'nothing at all',
    neither: /no credentials for AWS: .*AWS_ACCESS_KEY_ID.*default.*WEB_IDENTITY.*CONTAINER.*METADATA/,
  },
  { name: 'keys in the environment', env: ENV_KEYS, both: ENVIRONMENT },
  { name: 'with a session token', env: { ...ENV_KEYS, AWS_SESSION_TOKEN: 'env-token' }, both: ENVIRONMENT },
  {
    name: 'with an expiration to come',
    env: { ...ENV_KEYS, AWS_CREDENTIAL_EXPIRATION: '2200-01-01T00:00:00Z' },
    both: ENVIRONMENT,
  },
  {
    name: 'with an expiration that has passed',
    env: { ...ENV_KEYS, AWS_CREDENTIAL_EXPIRATION: '2020-01-01T00:00:00Z' },
    differs: {
      reason: 'AWS would refuse them, for a reason that is harder to find',
      sdk: 'AKIAUSERenv',
      ours: /the credentials have expired already: the environment/,
    },
  },
  {
    name: 'a key id without its secret',
    env: { ...WITH_IMDS, AWS_ACCESS_KEY_ID: 'AKIAUSERenv' },
    differs: { reason: BROKEN, sdk: 'ASIAINSTANCE', ours: /one of 'AWS_ACCESS_KEY_ID' and 'AWS_SECRET_ACCESS_KEY'/ },
  },
  {
    name: 'empty variables count as none',
    env: { ...WITH_IMDS, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_PROFILE: '' },
    both: INSTANCE,
  },
  {
    name: 'the environment is before the default profile',
    env: ENV_KEYS,
    files: { '.aws/credentials': `[default]\n${userKeys('a')}` },
    both: ENVIRONMENT,
  },
  {
    name: 'a named profile is before the environment',
    env: { ...ENV_KEYS, AWS_PROFILE: 'shop' },
    files: { '.aws/credentials': `[shop]\n${userKeys('a')}` },
    both: profile('shop', 'a'),
  },
  {
    name: 'a configured profile is before AWS_PROFILE',
    env: { AWS_PROFILE: 'shop' },
    options: { profile: 'other' },
    files: { '.aws/credentials': `[shop]\n${userKeys('a')}\n[other]\n${userKeys('b')}` },
    both: profile('other', 'b'),
  },
  {
    name: 'default in the credentials file',
    files: { '.aws/credentials': `[default]\n${userKeys('a')}aws_session_token = a-token\n` },
    both: profile('default', 'a'),
  },
  {
    name: 'default in the config file',
    files: { '.aws/config': `[default]\nregion = eu-west-1\n${userKeys('a')}` },
    both: profile('default', 'a'),
  },
  {
    name: '[profile default] is before [default]',
    files: { '.aws/config': `[profile default]\n${userKeys('a')}\n[default]\n${userKeys('b')}` },
    both: profile('default', 'a'),
  },
  {
    name: 'a profile in the config file',
    env: { AWS_PROFILE: 'shop' },
    files: { '.aws/config': `[profile shop]\n${userKeys('a')}` },
    both: profile('shop', 'a'),
  },
  {
    name: 'the quoted name of a profile',
    env: { AWS_PROFILE: 'shop' },
    files: { '.aws/config': `[profile "shop"]\n${userKeys('a')}` },
    both: profile('shop', 'a'),
  },
  {
    name: 'both files make one profile',
    env: { AWS_PROFILE: 'shop' },
    files: {
      '.aws/config': '[profile shop]\naws_access_key_id = AKIAUSERa\n',
      '.aws/credentials': '[shop]\naws_secret_access_key = secret-of-a\n',
    },
    both: profile('shop', 'a'),
  },
  {
    name: 'the credentials file counts where both set the same',
    files: { '.aws/config': `[default]\n${userKeys('b')}`, '.aws/credentials': `[default]\n${userKeys('a')}` },
    both: profile('default', 'a'),
  },
  {
    name: 'files in other places',
    env: { AWS_CONFIG_FILE: '{home}/my-config', AWS_SHARED_CREDENTIALS_FILE: '~/my-credentials', AWS_PROFILE: 'shop' },
    files: {
      'my-config': '[profile shop]\naws_access_key_id = AKIAUSERa\n',
      'my-credentials': '[shop]\naws_secret_access_key = secret-of-a\n',
      '.aws/credentials': `[shop]\n${userKeys('b')}`,
    },
    both: profile('shop', 'a'),
  },
  {
    name: 'comments, blanks and lines that are no settings',
    files: {
      '.aws/credentials':
        '# top\n; top\nstray = 1\n  [default]  # section\nno setting\n= no name\n aws_access_key_id=AKIAUSERa ; id\n' +
        '\taws_secret_access_key  =  secret-of-a\t# secret\naws_session_token = a#b;c=d\n',
    },
    both: profile('default', 'a'),
  },
  {
    name: 'line ends of Windows',
    files: { '.aws/credentials': `[default]\n${userKeys('a')}`.replaceAll('\n', '\r\n') },
    both: profile('default', 'a'),
  },
  {
    name: 'a nested block does not leak into the profile',
    files: {
      '.aws/config': `[default]\n${userKeys('a')}s3 =\n  aws_access_key_id = AKIAUSERb\n  aws_secret_access_key = secret-of-b\nregion = eu-west-1\n`,
    },
    both: profile('default', 'a'),
  },
  {
    name: 'a section that comes twice is merged',
    files: {
      '.aws/credentials': `[default]\n${userKeys('b')}\n[shop]\n${userKeys('c')}\n[default]\n${userKeys('a')}`,
    },
    both: profile('default', 'a'),
  },
  {
    name: 'a section of an unknown type ends the one before',
    files: { '.aws/credentials': `[default]\n${userKeys('a')}\n[plugins x]\n${userKeys('b')}` },
    both: profile('default', 'a'),
  },
  {
    name: 'a default profile without credentials falls through',
    env: WITH_IMDS,
    files: { '.aws/config': '[default]\nregion = eu-west-1\n' },
    both: INSTANCE,
  },
  {
    name: 'so does a named one',
    env: { ...WITH_IMDS, AWS_PROFILE: 'shop' },
    files: { '.aws/config': '[profile shop]\nregion = eu-west-1\n' },
    both: INSTANCE,
  },
  {
    name: 'a named profile that does not exist',
    env: { ...WITH_IMDS, AWS_PROFILE: 'shop' },
    differs: { reason: BROKEN, sdk: 'ASIAINSTANCE', ours: /there is no profile 'shop'/ },
  },
  {
    name: 'a profile of the config file without the word profile',
    env: { AWS_PROFILE: 'shop' },
    files: { '.aws/config': `[shop]\n${userKeys('a')}` },
    neither: /there is no profile 'shop'/,
  },
  {
    name: 'a profile of the credentials file with the word profile',
    env: { AWS_PROFILE: 'shop' },
    files: { '.aws/credentials': `[profile shop]\n${userKeys('a')}` },
    neither: /there is no profile 'shop'/,
  },
  {
    name: 'a profile with half of a key pair',
    env: WITH_IMDS,
    files: { '.aws/credentials': '[default]\naws_access_key_id = AKIAUSERa\n' },
    differs: { reason: BROKEN, sdk: 'ASIAINSTANCE', ours: /profile 'default' has one of 'aws_access_key_id'/ },
  },
  {
    name: 'a shared file that is a directory',
    env: WITH_IMDS,
    files: { '.aws/credentials/file': '' },
    differs: { reason: BROKEN, sdk: 'ASIAINSTANCE', ours: /the shared file '.*credentials' cannot be read/ },
  },
];
