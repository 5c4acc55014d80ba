import { test } from 'tap';
import { toAnswer, toCode } from '../../../src/providers/aws/answer.ts';

const at = (status: number, text: string, headers: Readonly<Record<string, string>> = {}) =>
  toAnswer({ status, text, headers: new Map(Object.entries(headers)) }, Date.UTC(2026, 0, 1));

test('the code is found in each place, in the order of the SDKs, and cut', (t) => {
  t.equal(at(400, '{"__type":"A","code":"B"}', { 'x-amzn-errortype': 'C' }).code, 'A');
  t.equal(at(400, '{"__type":null,"code":"B"}', { 'x-amzn-errortype': 'C' }).code, 'B');
  t.equal(at(400, '{}', { 'x-amzn-errortype': 'C:http://internal' }).code, 'C');
  t.equal(at(400, '', { 'x-amzn-errortype': 'C' }).code, 'C');
  t.equal(toCode('com.amazonaws.secretsmanager#Name:http://x,y'), 'Name');
  t.equal(toCode('Name,other'), 'Name');
  t.equal(toCode('<script>'), '', 'it goes into messages');
  t.equal(toCode('x'.repeat(101)), '');
  t.end();
});

test('the words are found in both spellings', (t) => {
  t.equal(at(400, '{"message":"a"}').message, 'a');
  t.equal(at(400, '{"Message":"a"}').message, 'a');
  t.end();
});

test("moto's XML is read; the page of a proxy is not", (t) => {
  const xml =
    '<?xml version="1.0"?>\n<ErrorResponse><Errors><Error><Code>AccessDenied</Code><Message>no</Message></Error></Errors></ErrorResponse>';
  t.match(at(403, xml), { code: 'AccessDenied', message: 'no', isSuccess: false });
  t.match(at(403, '<html><Code>AccessDenied</Code></html>'), { code: '', isSuccess: false });
  t.end();
});

test('only a JSON object with status 200 is a success, whatever its content type', (t) => {
  t.match(at(200, '{"Name":"a"}', { 'content-type': 'text/html' }), { isSuccess: true, body: { Name: 'a' }, code: '' });
  for (const [status, text] of [
    [200, '<html>'],
    [200, '[]'],
    [200, 'null'],
    [204, ''],
    [400, '{}'],
  ] as const)
    t.equal(at(status, text).isSuccess, false, text);
  t.end();
});

test('how long to wait, in both headers', (t) => {
  t.same(at(400, '{}', { 'retry-after': '7' }).retry, { retryAfterMs: 7_000 });
  t.same(at(400, '{}', { 'x-amz-retry-after': '250', 'retry-after': '7' }).retry, { retryAfterMs: 250 });
  t.same(at(400, '{}', { 'x-amz-retry-after': 'soon', 'retry-after': '7' }).retry, { retryAfterMs: 7_000 });
  t.same(at(400, '{}').retry, {});
  t.end();
});
