import { test } from 'tap';
import { parseResponses } from './response-parser.ts';

const parse = (text: string, mayBeHead = false) => parseResponses(Buffer.from(text, 'latin1'), mayBeHead);
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

test('answers are read one after the other, interim ones left out', (t) => {
  const { responses, rest, problem } = parse(
    `HTTP/1.1 100 Continue\r\n\r\n${OK}HTTP/1.1 304 Not Modified\r\n\r\n${OK}`,
  );
  t.strictSame(
    responses.map(({ status, body }) => [status, body.toString()]),
    [
      [200, 'ok'],
      [304, ''],
      [200, 'ok'],
    ],
  );
  t.equal(rest.length, 0);
  t.equal(problem, undefined);
  t.end();
});

test('an answer to HEAD has no body', (t) => {
  const head = 'HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 9\r\n\r\n';
  t.equal(parse(head + OK, true).responses.length, 2);
  t.ok(parse(head, false).rest.length > 0, 'a body that is missing is missed');
  t.end();
});

test('what is not HTTP is told', (t) => {
  const wrong = [
    'garbage of some length',
    'HTTP/1.1 999 Odd\r\n\r\n',
    'HTTP/1.1 200 OK\r\nno colon\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok',
    'HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\nok',
    'HTTP/1.1 200 OK\r\n\r\nok',
    `${OK}and more than that`,
  ];
  for (const text of wrong) t.type(parse(text).problem, 'string', JSON.stringify(text));
  t.end();
});

test('an answer that is not complete is left over', (t) => {
  for (const length of [5, 20, OK.length - 1]) t.equal(parse(OK.slice(0, length)).rest.length, length);
  t.end();
});
