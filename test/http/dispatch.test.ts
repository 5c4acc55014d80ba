import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'tap';
import type { Visit } from '../../src/http/admission.ts';
import { Connection, type Door } from '../../src/http/connection.ts';
import { createDispatch } from '../../src/http/dispatch.ts';
import { visitOf } from '../../src/http/request-context.ts';

const KNOWN = '/v1/secrets/a';

/** Who gets a request: the answer itself or the routes. */
function setUp({
  refusal,
  callerRefusal,
  pending,
  door = { kind: 'api', isUnix: false },
  isOverloaded = false,
}: Circumstances = {}) {
  const connection = new Connection(door, new Socket());
  const taken: string[] = [];
  const dispatch = createDispatch({
    admission: {
      admit: () => ({ ...toVisit(connection, refusal), pending }),
      enter: () => {
        if (callerRefusal !== undefined) throw callerRefusal;
        return undefined;
      },
    },
    isOverloaded: () => isOverloaded,
    reads: {
      known: (url) => (url === KNOWN ? { question: url } : undefined),
      answer: () => void taken.push('answer'),
    },
    route: (request) => {
      taken.push('routes');
      visitOf(request);
    },
  });
  return (url: string, method = 'GET'): string | undefined => {
    const request = Object.assign(new IncomingMessage(new Socket()), { url, method });
    dispatch(connection, request, new ServerResponse(request));
    return taken.pop();
  };
}

interface Circumstances {
  readonly refusal?: Error;
  readonly callerRefusal?: Error;
  readonly pending?: Visit['pending'];
  readonly door?: Door;
  readonly isOverloaded?: boolean;
}

const toVisit = (connection: Connection, refusal: unknown): Visit => ({
  connection,
  refusal,
  pending: undefined,
  callerRefusal: undefined,
  context: { caller: 'anonymous', source: 'unix', requestId: 'r' },
  facts: {
    rawHeaders: [],
    requestId: undefined,
    trace: undefined,
    wantsRaw: false,
    condition: undefined,
    passed: undefined,
    identity: undefined,
  },
});

test('only a read by a known URL goes straight to its answer', async (t) => {
  const send = setUp();
  t.equal(send(KNOWN), 'answer');
  for (const url of [`${KNOWN}?fresh=true`, `${KNOWN}/`, '/v1/secrets/A', '/livez', ''])
    t.equal(send(url), 'routes', url);
  for (const method of ['HEAD', 'POST', 'DELETE']) t.equal(send(KNOWN, method), 'routes', method);
});

test('what was refused, other listeners, and too much load are for the routes to tell of', async (t) => {
  t.equal(setUp({ refusal: new Error('no') })(KNOWN), 'routes');
  t.equal(setUp({ callerRefusal: new Error('no') })(KNOWN), 'routes');
  t.equal(setUp({ pending: Promise.resolve({ caller: 'web' }) })(KNOWN), 'routes', 'who it is takes time to tell');
  t.equal(setUp({ door: { kind: 'ops', isUnix: false } })(KNOWN), 'routes');
  t.equal(setUp({ isOverloaded: true })(KNOWN), 'routes');
});
