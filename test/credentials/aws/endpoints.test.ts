import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { test } from 'tap';
import { serviceEndpoint, type AwsService, type EndpointSettings } from '../../../src/credentials/aws/endpoints.ts';

const regions = [
  'us-east-1',
  'eu-central-2',
  'ap-southeast-7',
  'mx-central-1',
  'cn-north-1',
  'cn-northwest-1',
  'us-gov-west-1',
  'us-gov-east-1',
  'us-iso-east-1',
  'us-isob-east-1',
  'eu-isoe-west-1',
  'us-isof-south-1',
  'eusc-de-east-1',
  'xx-new-9',
];
const variants = [
  { fips: false, dualstack: false },
  { fips: true, dualstack: false },
  { fips: false, dualstack: true },
  { fips: true, dualstack: true },
];

const at = (service: AwsService, region: string, settings: Partial<EndpointSettings> = {}): string =>
  serviceEndpoint(service, region, { env: {}, ...settings }).href.replace(/\/$/, '');

test('Secrets Manager is where the official SDK looks for it', (t) => {
  const { endpointProvider } = new SecretsManagerClient({ region: 'us-east-1' }).config;
  for (const region of regions)
    for (const { fips, dualstack } of variants) {
      const theirs = endpointProvider({ Region: region, UseFIPS: fips, UseDualStack: dualstack });
      t.equal(at('secretsmanager', region, { fips, dualstack }), theirs.url.href.replace(/\/$/, ''), region);
    }
  t.end();
});

/** Of the endpoint rules of the SDK's own clients. */
const others: readonly (readonly [AwsService, string, Partial<EndpointSettings>, string])[] = [
  ['sts', 'us-east-1', {}, 'https://sts.us-east-1.amazonaws.com'],
  ['sts', 'us-east-1', { fips: true }, 'https://sts-fips.us-east-1.amazonaws.com'],
  ['sts', 'us-east-1', { dualstack: true }, 'https://sts.us-east-1.api.aws'],
  ['sts', 'us-east-1', { fips: true, dualstack: true }, 'https://sts-fips.us-east-1.api.aws'],
  ['sts', 'us-gov-west-1', { fips: true }, 'https://sts.us-gov-west-1.amazonaws.com'],
  ['sts', 'us-gov-west-1', { fips: true, dualstack: true }, 'https://sts-fips.us-gov-west-1.api.aws'],
  ['sts', 'cn-north-1', {}, 'https://sts.cn-north-1.amazonaws.com.cn'],
  ['sts', 'cn-north-1', { dualstack: true }, 'https://sts.cn-north-1.api.amazonwebservices.com.cn'],
  ['sts', 'us-isob-east-1', {}, 'https://sts.us-isob-east-1.sc2s.sgov.gov'],
  ['sso', 'eu-west-1', {}, 'https://portal.sso.eu-west-1.amazonaws.com'],
  ['sso', 'eu-west-1', { fips: true }, 'https://portal.sso-fips.eu-west-1.amazonaws.com'],
  ['sso', 'us-gov-west-1', { fips: true }, 'https://portal.sso.us-gov-west-1.amazonaws.com'],
  ['sso', 'eu-west-1', { dualstack: true }, 'https://portal.sso.eu-west-1.api.aws'],
];

test('STS and the portal', (t) => {
  for (const [service, region, settings, url] of others) t.equal(at(service, region, settings), url);
  t.end();
});

test('the environment switches FIPS and dual stack on, the options decide', (t) => {
  const env = { AWS_USE_FIPS_ENDPOINT: 'true', AWS_USE_DUALSTACK_ENDPOINT: 'TRUE' };
  t.equal(at('sts', 'eu-west-1', { env }), 'https://sts-fips.eu-west-1.api.aws');
  t.equal(at('sts', 'eu-west-1', { env, fips: false, dualstack: false }), 'https://sts.eu-west-1.amazonaws.com');
  t.equal(at('sts', 'eu-west-1', { env: { AWS_USE_FIPS_ENDPOINT: 'false' } }), 'https://sts.eu-west-1.amazonaws.com');
  t.end();
});

test('an endpoint of our own: the option, the variable of the service, the variable of all', (t) => {
  const env = {
    AWS_ENDPOINT_URL: 'https://all.example/base/',
    AWS_ENDPOINT_URL_STS: 'https://sts.example',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:4566',
  };
  t.equal(at('sts', 'eu-west-1', { env, endpoint: new URL('https://own.example/') }), 'https://own.example');
  t.equal(at('sts', 'eu-west-1', { env }), 'https://sts.example');
  t.equal(at('secretsmanager', 'eu-west-1', { env }), 'http://127.0.0.1:4566');
  t.equal(at('sso', 'eu-west-1', { env }), 'https://all.example/base');
  const ignored = { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
  t.equal(at('sts', 'eu-west-1', { env: ignored }), 'https://sts.eu-west-1.amazonaws.com');
  t.equal(
    at('sts', 'eu-west-1', { env: ignored, endpoint: new URL('https://own.example/') }),
    'https://own.example',
    'the option is not meant',
  );
  t.equal(at('sts', 'eu-west-1', { env: { AWS_ENDPOINT_URL: '' } }), 'https://sts.eu-west-1.amazonaws.com');
  t.end();
});

test('what cannot be is refused, without the address', (t) => {
  const endpoint = new URL('https://own.example/');
  const invalid = { name: 'ConfigurationError', code: 'InvalidProvider' };
  t.throws(() => at('sts', 'eu-west-1', { endpoint, fips: true }), { ...invalid, message: /'fips' cannot go with/ });
  t.throws(() => at('sts', 'eu-west-1', { endpoint, dualstack: true }), { ...invalid, message: /'dualstack' cannot/ });
  const env = { AWS_ENDPOINT_URL_STS: 'http://sts.example' };
  t.throws(() => at('sts', 'eu-west-1', { env }), { ...invalid, message: /^'AWS_ENDPOINT_URL_STS' must begin with/ });
  t.equal(at('sts', 'eu-west-1', { env, insecure: true }), 'http://sts.example');
  for (const region of ['', 'eu west', 'a.example/', 'evil.example#', '-a', 'a'.repeat(64)])
    t.throws(() => at('sts', region), { ...invalid, message: "'region' is not the name of a region" });
  t.end();
});
