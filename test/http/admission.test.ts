import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'tap';
import { type Callers, openCallers } from '../../src/access/callers.ts';
import type { Identity } from '../../src/access/identity.ts';
import { RateLimits } from '../../src/access/rate-limits.ts';
import { CallerError } from '../../src/core/errors/caller-error.ts';
import { Admission, type AdmissionOptions } from '../../src/http/admission.ts';
import { Connection, type Door } from '../../src/http/connection.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const lifecycle = () => ({ isStarted: true, isDraining: false, isClosing: false });
const api: Door = { kind: 'api', isUnix: false };
const open = (door: Door): Connection => new Connection(door, new Socket());

function asking(headers: Readonly<Record<string, string>>, url = '/v1/secrets/a'): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.url = url;
  request.rawHeaders.push(...Object.entries(headers).flat());
  Object.assign(request.headers, headers);
  return request;
}

function setUp(hosts: readonly string[] = [], more: Partial<AdmissionOptions> = {}) {
  const state = lifecycle();
  let count = 0;
  const admission = new Admission({
    hosts,
    callers: openCallers,
    limits: new RateLimits([], new FakeClock()),
    lifecycle: state,
    nextRequestId: () => `id-${++count}`,
    ...more,
  });
  return { state, admission };
}

const good = { host: 'localhost' };

test('guards in their order, also for what was repeated', async (t) => {
  const { admission } = setUp();
  const connection = open(api);
  const codeOf = (request: IncomingMessage): unknown => Object(admission.admit(connection, request).refusal).code;
  const all = { host: 'evil.example', via: 'x', origin: 'http://evil.example' };
  for (let time = 0; time < 2; time += 1) {
    t.equal(codeOf(asking(good)), undefined);
    t.equal(codeOf(asking(good)), undefined);
    t.equal(codeOf(asking(all)), 'HostNotAllowed');
    t.equal(codeOf(asking({ ...all, ...good })), 'ForwardedRequest');
    t.equal(codeOf(asking({ ...good, origin: 'http://evil.example' })), 'CrossSite');
    t.equal(codeOf(asking(good, 'http://localhost/')), 'ForwardedRequest');
  }
});

test('a socket has no host, the ops listener has limits only', async (t) => {
  const { admission } = setUp();
  const unix = open({ kind: 'api', isUnix: true });
  t.equal(admission.admit(unix, asking({ host: 'evil.example' })).refusal, undefined);
  t.match(admission.admit(unix, asking({ via: 'x' })).refusal, { code: 'ForwardedRequest' });
  t.equal(admission.admit(open({ kind: 'ops', isUnix: false }), asking({ via: 'x' })).refusal, undefined);
});

test('what one configuration lets pass is asked again by the next', async (t) => {
  const [before, after] = [setUp(['keyfob.local']), setUp()];
  const connection = open(api);
  const request = asking({ host: 'keyfob.local' });
  t.equal(before.admission.admit(connection, request).refusal, undefined);
  t.match(after.admission.admit(connection, request).refusal, { code: 'HostNotAllowed' });
});

test('nothing passes any more when the listeners are closed', async (t) => {
  const { state, admission } = setUp();
  const connection = open(api);
  t.equal(admission.admit(connection, asking(good)).refusal, undefined);
  state.isClosing = true;
  t.match(admission.admit(connection, asking(good)).refusal, { code: 'Draining' });
});

test('who asks, under which id', async (t) => {
  const { admission } = setUp();
  const connection = open({ kind: 'api', isUnix: true });
  const contextOf = (headers: Readonly<Record<string, string>>) => admission.admit(connection, asking(headers)).context;
  const anonymous = { caller: 'anonymous', source: 'unix' };
  t.strictSame(contextOf({}), { ...anonymous, requestId: 'id-1' });
  t.strictSame(contextOf({}), { ...anonymous, requestId: 'id-2' });
  t.strictSame(contextOf({ 'x-request-id': 'own' }), { ...anonymous, requestId: 'own' });
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
  t.strictSame(contextOf({ traceparent }), {
    ...anonymous,
    requestId: 'id-3',
    trace: { traceId, spanId: '00f067aa0ba902b7', isSampled: true, isRemote: true },
  });
});

/** Callers by tokens `a`, `b` and so on; `slow` takes time, and what begins with `x` is nobody's. */
class FakeCallers implements Callers {
  asked = 0;
  isValid = true;

  takeOver(): void {}
  async start(): Promise<void> {}
  async close(): Promise<void> {}

  identify(authorization = ''): Identity | Promise<Identity> {
    this.asked++;
    if (!this.isValid || authorization.startsWith('x')) throw new CallerError('NotAuthenticated', 'unknown');
    const identity = { caller: authorization, credential: { isValid: () => this.isValid } };
    return authorization === 'slow' ? Promise.resolve(identity) : identity;
  }
}

const shown = (authorization: string) => asking({ ...good, authorization });

test('who asks is found once for the same headers, and anew for others', async (t) => {
  const callers = new FakeCallers();
  const { admission } = setUp([], { callers });
  const connection = open(api);
  const callerOf = (token: string): string => admission.admit(connection, shown(token)).context.caller;
  t.same(['a', 'a', 'b', 'b', 'a'].map(callerOf), ['a', 'a', 'b', 'b', 'a']);
  t.equal(callers.asked, 3);
  t.equal(admission.admit(open(api), shown('a')).context.caller, 'a');
  t.equal(callers.asked, 4, 'another connection shows it anew');
  t.ok(admission.admit(connection, shown('a')).context.credential?.isValid());
});

test('a token that has ended is nobody on a connection that is open, too', async (t) => {
  const callers = new FakeCallers();
  const { admission } = setUp([], { callers });
  const connection = open(api);
  t.equal(admission.admit(connection, shown('a')).callerRefusal, undefined);
  callers.isValid = false;
  const visit = admission.admit(connection, shown('a'));
  t.match(visit, { refusal: undefined, callerRefusal: { code: 'NotAuthenticated' }, context: { caller: 'anonymous' } });
  t.throws(() => admission.enter(visit), { code: 'NotAuthenticated' });
});

test('what one configuration found is looked for again by the next', async (t) => {
  const [before, after] = [new FakeCallers(), new FakeCallers()];
  const [first, next] = [setUp([], { callers: before }), setUp([], { callers: after })];
  const connection = open(api);
  first.admission.admit(connection, shown('a'));
  next.admission.admit(connection, shown('a'));
  t.same([before.asked, after.asked], [1, 1]);
});

test('a guard comes first: nobody is looked for whose request is refused', async (t) => {
  const callers = new FakeCallers();
  const { admission } = setUp([], { callers });
  const visit = admission.admit(open(api), asking({ host: 'evil.example', authorization: 'a' }));
  t.match(visit, { refusal: { code: 'HostNotAllowed' }, callerRefusal: undefined, context: { caller: 'anonymous' } });
  admission.admit(open({ kind: 'ops', isUnix: false }), shown('a'));
  t.equal(callers.asked, 0, 'nor on the ops listener');
});

test('a door may be a caller of its own, and another one later', async (t) => {
  const callers = new FakeCallers();
  const { admission } = setUp([], { callers });
  const door: Door = { kind: 'api', isUnix: true, identity: { caller: 'web' } };
  const connection = open(door);
  t.equal(admission.admit(connection, shown('a')).context.caller, 'web');
  t.equal(callers.asked, 0);
  door.identity = { caller: 'jobs' };
  t.equal(admission.admit(connection, shown('a')).context.caller, 'jobs');
  door.identity = undefined;
  t.equal(admission.admit(connection, shown('a')).context.caller, 'a');
});

test('without the header that is asked for nobody is known', async (t) => {
  const { admission } = setUp([], { callers: new FakeCallers(), requiredHeader: 'x-keyfob' });
  const web: Door = { kind: 'api', isUnix: true, identity: { caller: 'web' } };
  for (const door of [api, web]) {
    const { callerRefusal } = admission.admit(open(door), shown('a'));
    t.match(callerRefusal, { code: 'NotAuthenticated', details: { challenge: 'Header name="x-keyfob"' } });
    const both = admission.admit(open(door), asking({ ...good, authorization: 'a', 'x-keyfob': '' }));
    t.equal(both.callerRefusal, undefined);
  }
});

test('whoever has to be checked first comes in later, and is known then', async (t) => {
  const callers = new FakeCallers();
  const { admission } = setUp([], { callers });
  const connection = open(api);
  const visit = admission.admit(connection, asking({ ...good, authorization: 'slow', 'x-request-id': 'own' }));
  t.match(visit, { context: { caller: 'anonymous', requestId: 'own' }, callerRefusal: undefined });
  await admission.enter(visit);
  t.match(visit.context, { caller: 'slow', requestId: 'own', source: 'unknown' });
  t.ok(visit.context.credential?.isValid());
  const again = admission.admit(connection, asking({ ...good, authorization: 'slow', 'x-request-id': 'own' }));
  t.equal(again.pending, undefined);
  t.equal(callers.asked, 1);
});

test('what was checked for one configuration is not kept for the next', async (t) => {
  const [first, next] = [setUp([], { callers: new FakeCallers() }), setUp([], { callers: new FakeCallers() })];
  const connection = open(api);
  const visit = first.admission.admit(connection, shown('slow'));
  t.ok(next.admission.admit(connection, shown('slow')).pending);
  await first.admission.enter(visit);
  t.ok(next.admission.admit(connection, shown('slow')).pending, 'it checks itself');
});

test('each request counts against the limit of its caller, and of nobody else', async (t) => {
  const limits = new RateLimits([{ name: 'a', rateLimit: { perSecond: 1, burst: 2 } }], new FakeClock());
  const { admission } = setUp([], { callers: new FakeCallers(), limits });
  const enter = async (token: string): Promise<unknown> => {
    try {
      await admission.enter(admission.admit(open(api), shown(token)));
      return 'in';
    } catch (error) {
      return Object(error).code;
    }
  };
  t.same(
    [await enter('a'), await enter('b'), await enter('a'), await enter('a'), await enter('b')],
    ['in', 'in', 'in', 'CallerRateLimited', 'in'],
  );
  const slow = new RateLimits([{ name: 'slow', rateLimit: { perSecond: 1, burst: 1 } }], new FakeClock());
  const later = setUp([], { callers: new FakeCallers(), limits: slow }).admission;
  await later.enter(later.admit(open(api), shown('slow')));
  await t.rejects(async () => later.enter(later.admit(open(api), shown('slow'))), { code: 'CallerRateLimited' });
});

test('a refusal that comes late is no error where nobody waits for it', async (t) => {
  const refused = new CallerError('NotAuthenticated', 'the token is not known');
  const callers: Callers = { ...openCallers, identify: () => Promise.reject(refused) };
  const { admission } = setUp([], { callers });
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', note);
  const visit = admission.admit(open(api), asking(good));
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  t.strictSame(unhandled, []);
  await t.rejects(Promise.resolve(admission.enter(visit)), refused);
});

test('a hundred headers, of which the guards see all', async (t) => {
  const { admission } = setUp();
  const many = (count: number) =>
    asking({ ...good, ...Object.fromEntries(Array.from({ length: count - 1 }, (_, at) => [`x-${at}`, ''])) });
  t.equal(admission.admit(open(api), many(100)).refusal, undefined);
  t.match(admission.admit(open(api), many(101)).refusal, { code: 'HeadersTooLarge' });
});

test('who has not been checked yet is asked for again with the next request', async (t) => {
  let asked = 0;
  const callers: Callers = {
    ...openCallers,
    identify: async () => {
      asked += 1;
      return { caller: 'web', credential: { isValid: () => false } };
    },
  };
  const { admission } = setUp([], { callers });
  const connection = open(api);
  for (let time = 1; time <= 3; time += 1) {
    await admission.enter(admission.admit(connection, asking(good)));
    admission.admit(connection, asking(good));
    t.equal(asked, 2 * time);
  }
});

test('the asterisk of OPTIONS is no form for proxies', async (t) => {
  const { admission } = setUp();
  t.equal(admission.admit(open(api), asking(good, '*')).refusal, undefined);
});
