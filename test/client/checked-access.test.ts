import { test } from 'tap';
import { createPolicy } from '../../src/access/policy.ts';
import type { AuditEvent } from '../../src/audit/audit-log.ts';
import { AccessRecorder } from '../../src/client/access-recorder.ts';
import { CheckedAccess } from '../../src/client/checked-access.ts';
import { RequestError } from '../../src/core/errors/request-error.ts';
import { RecordingLog } from '../contract/recording-log.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { context, noMetrics } from './client-rig.ts';

const asked = { operation: 'describe', path: 'a', context } as const;

function createRig(assertWritable: () => void = () => undefined) {
  const clock = new FakeClock();
  const audited: AuditEvent[] = [];
  const audit = { assertWritable, record: (event: AuditEvent) => void audited.push(event) };
  const recorder = new AccessRecorder({
    audit,
    metrics: noMetrics(),
    clock,
    log: new RecordingLog(),
    logAccess: false,
  });
  return { audited, access: new CheckedAccess({ clock, policy: createPolicy([]), recorder }) };
}

test('the work is done, and recorded once', async (t) => {
  const { access, audited } = createRig();
  const answer = await access.run(asked, async (routed) => {
    routed('vault');
    return 'done';
  });
  t.equal(answer, 'done');
  t.strictSame(audited, [{ ...asked, provider: 'vault', cached: false }]);
});

test('a failure is recorded once, with the provider if there was one by then', async (t) => {
  const { access, audited } = createRig();
  const bug = new TypeError('a bug');
  const fail = (): never => {
    throw bug;
  };
  await t.rejects(access.run(asked, fail), bug);
  await t.rejects(
    access.run(asked, (routed) => {
      routed('vault');
      return Promise.reject(bug);
    }),
    bug,
  );
  t.strictSame(audited, [
    { ...asked, cached: false, code: 'Unexpected' },
    { ...asked, cached: false, code: 'Unexpected', provider: 'vault' },
  ]);
});

test('what could not be recorded is not begun', async (t) => {
  const { access, audited } = createRig(() => {
    throw new RequestError('AuditUnavailable', 'the disk is full');
  });
  let isBegun = false;
  await t.rejects(
    access.run(asked, () => (isBegun = true)),
    { code: 'AuditUnavailable' },
  );
  t.notOk(isBegun);
  t.match(audited, [{ operation: 'describe', code: 'AuditUnavailable' }]);
});

test('what the policy does not allow is not begun', async (t) => {
  const { access, audited } = createRig();
  let isBegun = false;
  const refused = access.run({ ...asked, operation: 'rotate' }, () => (isBegun = true));
  await t.rejects(refused, { code: 'PolicyDenied' });
  t.notOk(isBegun);
  t.match(audited, [{ operation: 'rotate', code: 'PolicyDenied' }]);
});
