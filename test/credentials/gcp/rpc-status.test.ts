import { test } from 'tap';
import { parseRpcStatus } from '../../../src/credentials/gcp/rpc-status.ts';

const parse = (body: unknown, headers: readonly (readonly [string, string])[] = []) =>
  parseRpcStatus(
    { status: 403, headers: new Map(headers), text: typeof body === 'string' ? body : JSON.stringify(body) },
    0,
  );

const info = {
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason: 'SERVICE_DISABLED',
  domain: 'googleapis.com',
  metadata: { consumer: 'projects/1', n: 1 },
};

test('a status with details', async (t) => {
  const details = [7, { '@type': 'type.googleapis.com/google.rpc.Help' }, info];
  t.same(parse({ error: { code: 403, message: 'words', status: 'PERMISSION_DENIED', details } }), {
    status: 'PERMISSION_DENIED',
    message: 'words',
    reason: 'SERVICE_DISABLED',
    metadata: { consumer: 'projects/1' },
    retry: {},
  });
});

test('a bare status', async (t) => {
  t.same(parse({ error: { code: 403, status: 'UNKNOWN' } }), {
    status: 'UNKNOWN',
    message: '',
    reason: '',
    metadata: {},
    retry: {},
  });
});

test('how long to wait', async (t) => {
  const error = (retryDelay: unknown) => ({
    error: { code: 429, status: 'X', details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay }] },
  });
  t.same(parse(error('30s'))?.retry, { retryAfterMs: 30_000 });
  t.same(parse(error('0.5s'), [['retry-after', '9']])?.retry, { retryAfterMs: 500 });
  t.same(parse(error('soon'), [['retry-after', '9']])?.retry, { retryAfterMs: 9_000 });
  t.same(parse(error(30))?.retry, {});
});

test('other shapes are none', async (t) => {
  const bodies = [
    '<html>',
    '',
    '[]',
    {},
    { error: 'invalid_grant' },
    { error: { code: 403 } },
    { error: { status: 'X' } },
    { error: { code: '403', status: 'X' } },
  ];
  for (const body of bodies) t.equal(parse(body), undefined, JSON.stringify(body));
});
