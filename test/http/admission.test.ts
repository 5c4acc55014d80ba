import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'tap';
import { openCallers } from '../../src/access/callers.ts';
import { RateLimits } from '../../src/access/rate-limits.ts';
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
  t.strictSame(contextOf({ traceparent }), { ...anonymous, requestId: 'id-3', traceId });
});
