import { test } from 'tap';
import { askedCanaries, hiddenCanaries, TOKEN_CANARY } from './canaries.ts';
import { leakedSecrets, leaksToken, stackFrame, unaskedSecrets } from './leaks.ts';

const value = askedCanaries[2]?.text ?? '';
const hidden = hiddenCanaries[0]?.text ?? '';

test('values and tokens are found, encoded too', (t) => {
  t.strictSame(leakedSecrets(`a ${hidden} b`), ['hidden/plain']);
  t.strictSame(leakedSecrets(Buffer.from(hidden).toString('base64')), ['hidden/plain']);
  t.strictSame(leakedSecrets('nothing'), []);
  t.ok(leaksToken(`token ${Buffer.from(TOKEN_CANARY).toString('hex')}`));
  t.end();
});

test('a value is allowed in a 200 to a request that named its path', (t) => {
  const text = `{"value":"${value}"}`;
  t.strictSame(unaskedSecrets({ status: 200, text }, 'GET /v1/secrets/app%2Fkey HTTP/1.1'), []);
  t.strictSame(unaskedSecrets({ status: 200, text }, 'GET /v1/secrets/app/other HTTP/1.1'), ['app/key']);
  t.strictSame(unaskedSecrets({ status: 400, text }, 'GET /v1/secrets/app/key HTTP/1.1'), ['app/key']);
  t.end();
});

test('a stack frame is found', (t) => {
  for (const line of [
    '    at writeProblem (file:///app/dist/keyfob.js:1:2)',
    'at node:internal/streams:3:4',
    '{"stack":"Error: x\\n    at new Server (/app/a.js:1:2)"}',
  ])
    t.ok(stackFrame(line), line);
  t.notOk(stackFrame('listening at /run/keyfob.sock; look at 12:00:01'));
  t.end();
});
