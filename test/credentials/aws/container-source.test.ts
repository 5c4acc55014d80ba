import { test } from 'tap';
import { metadataKeys } from '../../fakes/aws-metadata.ts';
import { HOUR_MS, MINUTE_MS, startClocked } from './clocked-machine.ts';
import type { Machine } from './machine.ts';

const env = ({ agent }: Machine): { readonly env: Readonly<Record<string, string>> } => ({
  env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: agent.uri },
});

test('an agent that fails is asked four times, a second apart', async (t) => {
  const machine = await startClocked(t, env);
  machine.agent.state.fault = () => ({ status: 503, text: 'canary' });
  const failing = t.rejects(machine.key(), {
    code: 'ProviderUnavailable',
    message: 'the container credentials endpoint answered with status 503',
  });
  for (const attempt of [1, 2, 3]) {
    await machine.advanceTo(0, attempt);
    await machine.clock.advance(999);
    t.equal(machine.agent.server.requests.length, attempt);
    await machine.clock.advance(1);
  }
  await failing;
  t.equal(machine.agent.server.requests.length, 4);
});

test('each of them may take a second', async (t) => {
  const machine = await startClocked(t, env);
  machine.agent.state.fault = () => (machine.agent.server.requests.length === 1 ? 'hang' : undefined);
  const found = machine.key();
  await machine.agent.server.seen(1);
  await machine.clock.advance(999);
  t.same(machine.identityCalls, []);
  await machine.advanceTo(1, 1);
  t.same(machine.identityCalls, ['Timeout']);
  await machine.clock.advance(1_000);
  t.equal(await found, 'ASIACONTAINER');
});

test('a refusal is not repeated', async (t) => {
  const machine = await startClocked(t, env);
  machine.agent.state.token = 'wanted';
  await t.rejects(machine.key(), { code: 'InvalidCredentials', message: /refuses our request with status 401/ });
  t.equal(machine.agent.server.requests.length, 1);
});

test('a redirect is not followed', async (t) => {
  const machine = await startClocked(t, env);
  const location = `${machine.imds.server.address}/latest/`;
  machine.agent.state.fault = () => ({ status: 307, text: '', headers: { location } });
  await t.rejects(machine.key(), { code: 'InvalidCredentials' });
  t.equal(machine.imds.server.requests.length, 0);
});

test('a token that was rotated on disk is used from the next refresh', async (t) => {
  const machine = await startClocked(t, async (machine) => ({
    env: { ...env(machine).env, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: await machine.write('token', 'first-token') },
  }));
  machine.agent.state.token = 'first-token';
  t.equal(await machine.key(), 'ASIACONTAINER');
  await machine.write('token', 'second-token\n');
  machine.agent.state.token = 'second-token';
  machine.agent.state.keys = metadataKeys('SECOND', machine.clock.wallMs() + 2 * HOUR_MS);
  await machine.advanceTo(HOUR_MS - 5 * MINUTE_MS, 2);
  t.equal(await machine.key(), 'ASIASECOND');
  t.same(
    machine.agent.server.requests.map(({ headers }) => headers['authorization']),
    ['first-token', 'second-token'],
    'as they are, without a scheme',
  );
});

test('the relative address leads to the agent of ECS', async (t) => {
  const asked: string[] = [];
  const machine = await startClocked(t, (machine) => {
    const { http } = machine.options();
    const route = (url: URL): URL => new URL(`${machine.agent.server.address}${url.pathname}`);
    return {
      env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v1/credentials' },
      http: {
        ...http,
        send: (request) => {
          asked.push(request.url.href);
          return http.send({ ...request, url: route(request.url) });
        },
      },
    };
  });
  t.equal(await machine.key(), 'ASIACONTAINER');
  t.same(asked, ['http://169.254.170.2/v1/credentials']);
});
