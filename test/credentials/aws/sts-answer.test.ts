import * as fc from 'fast-check';
import { test } from 'tap';
import { parseStsAnswer } from '../../../src/credentials/aws/sts-answer.ts';

const parse = (text: string, status = 200): ReturnType<typeof parseStsAnswer> =>
  parseStsAnswer({ status, headers: new Map(), text }, 'AssumeRole');
const success = (result: string): string =>
  `<?xml version="1.0"?>\n<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>${result}</AssumeRoleResult></AssumeRoleResponse>`;

test('texts stay texts: zeros, plus signs, entities, white space around', (t) => {
  const { result } = parse(
    success('<A>0012</A><B>1e5</B><C>a&amp;b&lt;c&#43;d</C><D>\n  x/y+z= \n</D><E/><F>true</F>'),
  );
  t.equal(result?.text('A'), '0012');
  t.equal(result?.text('B'), '1e5');
  t.equal(result?.text('C'), 'a&b<c+d');
  t.equal(result?.text('D'), 'x/y+z=');
  t.equal(result?.text('E'), undefined);
  t.equal(result?.text('F'), 'true');
  t.equal(result?.text('G'), undefined);
  t.equal(result?.within('G').text('A'), undefined);
  t.end();
});

test('an error, with and without its envelope', (t) => {
  const error = '<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error>';
  t.match(parse(`<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>`, 403), {
    code: 'AccessDenied',
    result: undefined,
  });
  t.equal(parse(error, 403).code, 'AccessDenied');
  t.end();
});

test('an answer with another status, or to another question, is no success', (t) => {
  t.equal(parse(success('<A>1</A>'), 500).result, undefined);
  t.equal(parse(success('<A>1</A>').replaceAll('AssumeRole', 'GetCallerIdentity')).result, undefined);
  t.same(parse('<html><body>hello</body></html>'), {
    status: 200,
    headers: new Map(),
    result: undefined,
    code: undefined,
  });
  t.end();
});

test('names of the language are no elements', (t) => {
  const { result } = parse(success('<Credentials><a>1</a></Credentials>'));
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    t.equal(result?.text(name), undefined);
    t.equal(result?.within(name).text('name'), undefined);
  }
  t.end();
});

test('a document type that defines entities blows nothing up', (t) => {
  const levels = Array.from({ length: 12 }, (_, at) => `<!ENTITY e${at + 1} "${`&e${at};`.repeat(10)}">`).join('');
  const bomb = `<!DOCTYPE x [<!ENTITY e0 "canary">${levels}]>${success('<A>&e12;</A>').replace('<?xml version="1.0"?>\n', '')}`;
  const text = parse(bomb).result?.text('A') ?? '';
  t.ok(text.length < 10_000, `${text.length} characters`);
  const file = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>' + success('<A>&f;</A>').slice(22);
  t.notMatch(parse(file).result?.text('A') ?? '', /^[\w-]+$/);
  t.end();
});

test('whatever comes, nothing is thrown', (t) => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '<',
      '>',
      '</',
      '/>',
      '&',
      ';',
      '<!',
      '<![CDATA[',
      ']]>',
      '<?',
      '<a',
      '"',
      '<Error>',
      '<AssumeRoleResponse>',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      parse(pieces.join(''));
    }),
    { numRuns: 1_000 },
  );
  t.end();
});
