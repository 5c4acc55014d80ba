import { test } from 'tap';
import { HOUR_MS, MINUTE_MS, startClocked, type ClockedMachine } from './clocked-machine.ts';

const ARN = 'arn:aws:iam::123456789012:role/pod';

const start = (t: Parameters<typeof startClocked>[0]): Promise<ClockedMachine> =>
  startClocked(t, async (machine) => ({
    env: {
      AWS_WEB_IDENTITY_TOKEN_FILE: await machine.write('token', 'web-token'),
      AWS_ROLE_ARN: ARN,
      AWS_ROLE_SESSION_NAME: 'pod-1',
    },
  }));

test('a token that was rotated on disk is used from the next refresh', async (t) => {
  const machine = await start(t);
  const first = await machine.key();
  machine.sts.webTokens.delete('web-token');
  machine.sts.webTokens.add('next-token');
  await machine.write('token', 'next-token');
  await machine.advanceTo(HOUR_MS - 5 * MINUTE_MS, 2);
  t.not(await machine.key(), first);
  t.same(
    machine.sts.forms.map((form) => form.get('WebIdentityToken')),
    ['web-token', 'next-token'],
  );
  t.equal(machine.sts.forms[0]?.get('RoleSessionName'), 'pod-1');
  t.same(machine.identityCalls, ['success', 'success']);
});

test('a token that is not there for a while costs nothing while the credentials are good', async (t) => {
  const machine = await start(t);
  const first = await machine.key();
  await machine.write('token', '');
  await machine.clock.advance(HOUR_MS - 5 * MINUTE_MS);
  while (machine.log.messages('warn').length === 0) await new Promise(setImmediate);
  t.equal(await machine.key(), first);
  t.match(machine.log.messages('warn'), [/no new credentials for AWS: the token file '.*token' is empty/]);
  await machine.write('token', 'web-token');
  machine.sts.generation++;
  await machine.advanceTo(1_000, 2);
  t.not(await machine.key(), first);
});
