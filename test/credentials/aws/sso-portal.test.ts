import { inspect } from 'node:util';
import { test, type Test } from 'tap';
import { systemClock } from '../../../src/core/clock.ts';
import { Redacted } from '../../../src/core/redacted.ts';
import { ClockSkew } from '../../../src/credentials/aws/clock-skew.ts';
import { getRoleCredentials } from '../../../src/credentials/aws/sso-portal.ts';
import { portalError } from '../../fakes/aws-portal.ts';
import { startMachine, type Machine } from './machine.ts';

type Found = ReturnType<typeof getRoleCredentials>;

async function start(t: Test): Promise<{ readonly machine: Machine; readonly ask: () => Found }> {
  const machine = await startMachine(t);
  const options = machine.options();
  const tools = {
    ...options,
    skew: new ClockSkew(systemClock),
    endpoints: { env: {}, endpoint: new URL(`${machine.portal.server.address}/base/`) },
  };
  const token = new Redacted('portal-token');
  const role = { region: 'eu-west-1', accountId: '123456789012', roleName: 'Dev & Ops', token };
  return { machine, ask: () => getRoleCredentials(tools, role, new AbortController().signal) };
}

test('the token goes in its header, the role in the query, below the path of a custom endpoint', async (t) => {
  const { machine, ask } = await start(t);
  await t.rejects(ask(), { code: 'InsufficientPermissions' }, 'the fake knows no such path');
  t.equal(
    machine.portal.server.requests[0]?.target,
    '/base/federation/credentials?role_name=Dev+%26+Ops&account_id=123456789012',
  );
  t.equal(machine.portal.server.requests[0]?.headers['x-amz-sso_bearer_token'], 'portal-token');
  t.same(machine.identityCalls, ['InsufficientPermissions']);
});

const refusals = [
  [portalError(401, 'UnauthorizedException'), 'ExpiredCredentials'],
  [portalError(401, 'UnauthorizedException:http://internal.amazon.com/coral/'), 'ExpiredCredentials'],
  [portalError(403, 'ForbiddenException'), 'InsufficientPermissions'],
  [portalError(404, 'ResourceNotFoundException'), 'InsufficientPermissions'],
  [portalError(400, 'InvalidRequestException'), 'InvalidCredentials'],
  [portalError(429, 'TooManyRequestsException'), 'RateLimited'],
  [{ status: 429, text: '' }, 'RateLimited'],
  [{ status: 403, text: '<html>canary</html>' }, 'ProviderUnavailable'],
  [{ status: 500, text: 'canary' }, 'ProviderUnavailable'],
  [{ status: 200, text: '<html>canary</html>' }, 'InvalidCredentials'],
  [{ status: 200, text: '{}' }, 'InvalidCredentials'],
  [{ status: 200, text: '{"roleCredentials":{"accessKeyId":"a","secretAccessKey":"canary"}}' }, 'InvalidCredentials'],
] as const;

test('refusals are told by their code, a proxy is none of them', async (t) => {
  const { machine, ask } = await start(t);
  for (const [answer, code] of refusals) {
    machine.portal.fault = () => answer;
    const error: unknown = await ask().then(
      () => t.fail('should fail'),
      (reason: unknown) => reason,
    );
    t.match(error, { code }, code);
    t.notMatch(inspect(error, { depth: 9 }), /canary|words of the portal|portal-token|127\.0\.0\.1/);
  }
});

test('an expiration must be one', async (t) => {
  const { machine, ask } = await start(t);
  for (const expiration of ['null', '0', '"2200-01-01"', '1e99']) {
    const text = `{"roleCredentials":{"accessKeyId":"a","secretAccessKey":"b","sessionToken":"c","expiration":${expiration}}}`;
    machine.portal.fault = () => ({ status: 200, text });
    await t.rejects(ask(), { message: 'IAM Identity Center answers without an expiration' });
  }
});
