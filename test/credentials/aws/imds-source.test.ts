import { test } from 'tap';
import { metadataKeys } from '../../fakes/aws-metadata.ts';
import { HOUR_MS, MINUTE_MS, startClocked, type ClockedMachine } from './clocked-machine.ts';

const start = (t: Parameters<typeof startClocked>[0]): Promise<ClockedMachine> =>
  startClocked(t, () => ({ env: { AWS_EC2_METADATA_DISABLED: 'false' } }));

// A token, the name of the role, its credentials.
const CALLS = 3;

test('a token first, then the role, then its credentials', async (t) => {
  const machine = await start(t);
  t.equal(await machine.key(), 'ASIAINSTANCE');
  t.same(
    machine.imds.server.requests.map(({ method, target }) => `${method} ${target}`),
    [
      'PUT /latest/api/token',
      'GET /latest/meta-data/iam/security-credentials/',
      'GET /latest/meta-data/iam/security-credentials/instance-role',
    ],
  );
  t.equal(machine.imds.server.requests[0]?.headers['x-aws-ec2-metadata-token-ttl-seconds'], '21600');
  t.equal(machine.imds.server.requests[1]?.headers['x-aws-ec2-metadata-token'], 'imds-token-1');
  t.equal(machine.identity.expiresInMs, HOUR_MS);
});

test('static stability: while the service is down the old credentials are used, beyond their end', async (t) => {
  const machine = await start(t);
  await machine.key();
  machine.imds.state.fault = () => ({ status: 503, text: '' });
  await machine.advanceTo(HOUR_MS - 5 * MINUTE_MS, CALLS + 1);
  t.equal(await machine.key(), 'ASIAINSTANCE');
  t.match(machine.log.messages('warn'), ['no new credentials of the instance: the old ones are used on']);
  // The random number of the test is 0: every five minutes.
  for (const round of [2, 3, 4]) {
    await machine.clock.advance(5 * MINUTE_MS - 1);
    t.equal(machine.imds.server.requests.length, CALLS + round - 1, 'not before');
    await machine.advanceTo(1, CALLS + round);
    t.equal(await machine.key(), 'ASIAINSTANCE');
  }
  t.ok((machine.identity.expiresInMs ?? 0) > 0);
  machine.imds.state.fault = () => undefined;
  machine.imds.state.keys = metadataKeys('RENEWED', machine.clock.wallMs() + 6 * HOUR_MS);
  await machine.advanceTo(5 * MINUTE_MS, CALLS + 4 + CALLS);
  t.equal(await machine.key(), 'ASIARENEWED');
});

test('so does a service that hands out old credentials, at the start as well', async (t) => {
  const machine = await start(t);
  machine.imds.state.keys = metadataKeys('OLD', machine.clock.wallMs() - HOUR_MS);
  t.equal(await machine.key(), 'ASIAOLD');
  machine.imds.state.keys = metadataKeys('NEW', machine.clock.wallMs() + 6 * HOUR_MS);
  await machine.advanceTo(5 * MINUTE_MS, 2 * CALLS);
  t.equal(await machine.key(), 'ASIANEW');
});

test('a service that is gone, hangs or answers nonsense is no reason to give up what works', async (t) => {
  const faults = [
    () => ({ status: 404, text: '' }),
    () => ({ status: 200, text: '<html>' }),
    () => ({ status: 401, text: '' }),
    () => 'reset' as const,
  ];
  for (const fault of faults) {
    const machine = await start(t);
    await machine.key();
    machine.imds.state.fault = fault;
    await machine.advanceTo(HOUR_MS - 5 * MINUTE_MS, CALLS + 1);
    await machine.advanceTo(4 * MINUTE_MS, CALLS + 1);
    t.equal(await machine.key(), 'ASIAINSTANCE');
  }
});

test('it must answer within a second, and is not asked twice', async (t) => {
  const machine = await start(t);
  machine.imds.state.fault = () => 'hang';
  const failing = t.rejects(machine.key(), { message: /the instance metadata service does not answer/ });
  await machine.imds.server.seen(1);
  await machine.advanceTo(1_000, 1);
  await failing;
  t.same(machine.identityCalls, ['Timeout']);
});

test('a redirect is not followed', async (t) => {
  const machine = await start(t);
  const location = `${machine.agent.server.address}/latest/api/token`;
  machine.imds.state.fault = () => ({ status: 302, text: '', headers: { location } });
  await t.rejects(machine.key(), { message: /the instance metadata service has none \(status 302\)/ });
  t.equal(machine.agent.server.requests.length, 0);
});

test('a role with a name that leads elsewhere is refused', async (t) => {
  const machine = await start(t);
  for (const role of ['../../user-data', 'a b', 'a\nb', '']) {
    machine.imds.state.role = role;
    await t.rejects(machine.key(), { message: /answers without the name of a role/ });
    await machine.clock.advance(MINUTE_MS);
  }
});

test('where the service is when nobody says', async (t) => {
  const asked: string[] = [];
  const http = {
    open: () => Promise.resolve(),
    close: () => Promise.resolve(),
    send: ({ url }: { readonly url: URL }) => {
      asked.push(url.href);
      return Promise.resolve({ status: 404, headers: new Map(), text: '' });
    },
  };
  for (const mode of ['', 'IPv4', 'ipv6']) {
    const env = {
      AWS_EC2_METADATA_DISABLED: '',
      AWS_EC2_METADATA_SERVICE_ENDPOINT: '',
      AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: mode,
    };
    const machine = await startClocked(t, () => ({ env, http }));
    await t.rejects(machine.key());
  }
  t.same(asked, [
    'http://169.254.169.254/latest/api/token',
    'http://169.254.169.254/latest/api/token',
    'http://[fd00:ec2::254]/latest/api/token',
  ]);
});
