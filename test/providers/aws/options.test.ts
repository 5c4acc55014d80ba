import { test } from 'tap';
import { loadConfig } from '../../../src/config/load-config.ts';
import { ConfigurationError } from '../../../src/core/errors/configuration-error.ts';
import { checkOptions, parseOptions, toReplicas } from '../../../src/providers/aws/options.ts';
import { awsProvider } from '../../../src/providers/aws/provider.ts';

const base = { allowExecutable: false, insecure: false };
const endpoint = 'https://secrets.example';
const roleArn = 'arn:aws:iam::123456789012:role/app';

const wrong: Readonly<Record<string, { readonly options: object; readonly key: string; readonly message: RegExp }>> = {
  'no URL': { options: { endpoint: 'secrets.example' }, key: 'endpoint', message: /https/ },
  'plain http': { options: { endpoint: 'http://secrets.example' }, key: 'endpoint', message: /insecure/ },
  'plain http to STS': { options: { stsEndpoint: 'http://sts.example' }, key: 'stsEndpoint', message: /insecure/ },
  'a bad endpoint of a region': {
    options: { regions: [{ region: 'eu-west-1', endpoint: 'http://x.example' }] },
    key: 'regions',
    message: /'eu-west-1' that must begin with 'https:/,
  },
  'a region twice': { options: { regions: ['eu-west-1', { region: 'eu-west-1' }] }, key: 'regions', message: /twice/ },
  'region and regions': { options: { region: 'a', regions: ['b'] }, key: 'region', message: /'regions'/ },
  'endpoint and regions': { options: { endpoint, regions: ['b'] }, key: 'endpoint', message: /'regions'/ },
  'fips and an endpoint': { options: { endpoint, fips: true }, key: 'fips', message: /endpoint/ },
  'dualstack and an endpoint of a region': {
    options: { regions: ['a', { region: 'b', endpoint }], dualstack: true },
    key: 'dualstack',
    message: /endpoint/,
  },
  'an external id without a role': { options: { externalId: 'x' }, key: 'externalId', message: /roleArn/ },
  'half a certificate': { options: { tls: { cert: 'c.pem' } }, key: 'tls', message: /both/ },
};

for (const [name, { options, key, message }] of Object.entries(wrong))
  test(`wrong options: ${name}`, (t) => {
    const problems = checkOptions({ ...base, ...options });
    t.equal(problems.length, 1);
    t.equal(problems[0]?.key, key);
    t.match(problems[0]?.message, message);
    t.throws(() => parseOptions({ ...base, ...options }), ConfigurationError);
    t.end();
  });

test('all options', (t) => {
  const options = {
    ...base,
    region: 'eu-west-1',
    endpoint,
    stsEndpoint: endpoint,
    profile: 'p',
    roleArn,
    externalId: 'x',
  };
  t.same(checkOptions(options), []);
  t.match(parseOptions(options), {
    region: 'eu-west-1',
    endpoint: new URL(endpoint),
    stsEndpoint: new URL(endpoint),
    profile: 'p',
    roleArn,
    externalId: 'x',
    fips: undefined,
  });
  t.match(parseOptions({ ...base, fips: true, dualstack: false }), { fips: true, dualstack: false });
  t.end();
});

test('each of the regions is a replica that asks it alone', (t) => {
  const options = { ...base, roleArn, regions: ['eu-west-1', { region: 'eu-central-1', endpoint }] };
  const replicas = toReplicas(options);
  t.same(replicas, [
    { name: 'eu-west-1', options: { ...base, roleArn, region: 'eu-west-1' } },
    { name: 'eu-central-1', options: { ...base, roleArn, region: 'eu-central-1', endpoint } },
  ]);
  t.same(checkOptions(replicas[1]?.options), []);
  t.match(parseOptions(replicas[1]?.options), { region: 'eu-central-1', endpoint: new URL(endpoint) });
  t.equal(parseOptions(options).region, 'eu-west-1', 'by itself an instance asks the first');
  t.same(toReplicas({ ...base, region: 'eu-west-1' }), []);
  t.end();
});

test('the schema, as the configuration reads it', (t) => {
  const load = (keys: string): unknown =>
    loadConfig({ text: `providers: [{ name: a, type: aws${keys} }]`, file: 'f' }, [awsProvider]).config.providers[0];
  t.match(load(''), { options: base });
  t.match(load(', regions: [eu-west-1, { region: us-gov-west-1, endpoint: "https://x" }], allowExecutable: true'), {
    options: { regions: ['eu-west-1', { region: 'us-gov-west-1' }], allowExecutable: true },
  });
  for (const keys of [
    ', region: EU',
    ', region: "a.b/c"',
    ', regions: []',
    ', regions: [{ endpoint: "https://x" }]',
    ', roleArn: app',
    ', fips: "yes"',
    ', secretKey: x',
  ])
    t.throws(() => load(keys), keys);
  t.end();
});
