import { test } from 'tap';
import { Target } from '../../../src/providers/aws/target.ts';
import { fails } from './aws-rig.ts';

const signal = new AbortController().signal;

test('a configured region is known at once', async (t) => {
  const discover = () => Promise.reject(new TypeError('not asked'));
  const target = new Target({ region: 'cn-north-1', discover, endpoints: { env: {} } });
  t.equal(target.region, 'cn-north-1');
  t.match(await target.find(signal), { endpoint: new URL('https://secretsmanager.cn-north-1.amazonaws.com.cn') });
});

test('a region that is found is not looked for again', async (t) => {
  let calls = 0;
  const discover = async () => (++calls === 1 ? 'eu-west-1' : undefined);
  const target = new Target({ region: undefined, discover, endpoints: { env: {}, fips: true } });
  t.equal(target.region, undefined);
  t.match(await target.find(signal), {
    region: 'eu-west-1',
    endpoint: new URL('https://secretsmanager-fips.eu-west-1.amazonaws.com'),
  });
  t.equal(target.region, 'eu-west-1');
  await target.find(signal);
  t.equal(calls, 1);
});

test('no region anywhere', async (t) => {
  const target = new Target({ region: undefined, discover: async () => undefined, endpoints: { env: {} } });
  t.match((await fails(t, target.find(signal), 'ConfigurationError/InvalidProvider')).message, "'region' is needed");
});
