import { test } from 'tap';
import { RequestError } from '../../src/core/errors/request-error.ts';
import { context, createClientRig, toCaller } from './client-rig.ts';

const asked = { operation: 'describe', path: 'a', context } as const;

test('the work is done on the route, and recorded once', async (t) => {
  const { pipeline, audited, source } = createClientRig();
  t.equal(await pipeline.access.toSecret(asked, async ([stop]) => stop.source), source);
  t.strictSame(audited, [{ ...asked, provider: 'files', cached: false }]);
});

test('work on a prefix tells itself which provider it asks', async (t) => {
  const { pipeline, audited } = createClientRig();
  const answer = await pipeline.access.toPrefix({ ...asked, path: 'db/' }, (_rules, { routed }) => {
    routed('vault');
    return 'done';
  });
  t.equal(answer, 'done');
  await pipeline.access.toPrefix({ ...asked, path: 'db/' }, () => undefined);
  t.match(audited, [{ path: 'db/', provider: 'vault' }, { provider: 'none' }]);
});

test('a failure is recorded once, with the provider if there was one by then', async (t) => {
  const { pipeline, audited } = createClientRig();
  const bug = new TypeError('a bug');
  const fail = (): never => {
    throw bug;
  };
  await t.rejects(pipeline.access.toPrefix(asked, fail), bug);
  await t.rejects(
    pipeline.access.toSecret(asked, () => Promise.reject(bug)),
    bug,
  );
  t.strictSame(audited, [
    { ...asked, cached: false, code: 'Unexpected' },
    { ...asked, cached: false, code: 'Unexpected', provider: 'files' },
  ]);
});

test('what could not be recorded is not begun', async (t) => {
  const { pipeline, audited } = createClientRig({
    audit: {
      assertWritable: () => {
        throw new RequestError('AuditUnavailable', 'the disk is full');
      },
    },
  });
  const { access } = pipeline;
  let isBegun = false;
  const begin = (): void => void (isBegun = true);
  await t.rejects(access.toSecret(asked, begin), { code: 'AuditUnavailable' });
  await t.rejects(access.toPrefix(asked, begin), { code: 'AuditUnavailable' });
  await t.rejects(access.aside(asked, begin), { code: 'AuditUnavailable' });
  t.notOk(isBegun);
  t.match(
    audited,
    Array.from({ length: 3 }, () => ({ operation: 'describe', code: 'AuditUnavailable' })),
  );
});

test('what the policy does not allow is not begun', async (t) => {
  const { pipeline, audited } = createClientRig({ callers: [toCaller('narrow', { allow: ['db/**'] })] });
  const narrow = { ...context, caller: 'narrow' };
  let isBegun = false;
  const begin = (): void => void (isBegun = true);
  await t.rejects(pipeline.access.toSecret({ ...asked, operation: 'rotate' }, begin), { code: 'PolicyDenied' });
  await t.rejects(pipeline.access.toSecret({ ...asked, context: narrow }, begin), { code: 'PolicyDenied' });
  await t.rejects(pipeline.access.toPrefix({ ...asked, context: narrow }, begin), { code: 'PolicyDenied' });
  t.notOk(isBegun);
  t.match(audited, [{ operation: 'rotate', code: 'PolicyDenied' }, { code: 'PolicyDenied' }, { code: 'PolicyDenied' }]);
});

test('nor is what leads to no store, without the operation or for a path that is denied', async (t) => {
  const { pipeline } = createClientRig({
    callers: [toCaller('tester', { operations: ['simulate'], deny: ['hidden/**'] }), toCaller('web')],
  });
  const as = (caller: string, path: string) =>
    pipeline.access.aside({ operation: 'simulate', path, context: { ...context, caller } }, () => 'done');
  t.equal(await as('tester', ''), 'done');
  t.equal(await as('tester', 'a'), 'done');
  await t.rejects(as('tester', 'hidden/a'), { code: 'PolicyDenied' });
  await t.rejects(as('web', 'a'), { code: 'PolicyDenied' });
});
