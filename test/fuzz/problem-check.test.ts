import { test } from 'tap';
import { problemCode, problemFault } from './problem-check.ts';

const whole = {
  type: 'about:blank',
  title: 'Not Found',
  status: 404,
  detail: 'there is no such route',
  error: 'RequestError',
  code: 'RouteNotFound',
  retryable: false,
  requestId: 'a-1',
};

function response(body: object, headers: Readonly<Record<string, string>> = {}) {
  const all = { 'content-type': 'application/problem+json', 'x-request-id': 'a-1', ...headers };
  return { status: 404, headers: new Map(Object.entries(all)), body: Buffer.from(JSON.stringify(body)) };
}

test('a whole problem has no fault', (t) => {
  t.equal(problemFault(response(whole)), undefined);
  t.equal(problemCode(response(whole)), 'RouteNotFound');
  t.end();
});

test('each fault is told', (t) => {
  t.match(problemFault(response(whole, { 'content-type': 'application/json' })), /Content-Type/);
  t.match(problemFault(response(whole, { 'x-request-id': 'a-2' })), /requestId/);
  t.match(problemFault(response({ ...whole, status: 400 })), /status/);
  for (const name of Object.keys(whole)) {
    t.match(problemFault(response({ ...whole, [name]: undefined })), new RegExp(`'${name}'`));
  }
  t.match(problemFault({ ...response(whole), body: Buffer.from('<html>') }), /JSON/);
  t.end();
});
