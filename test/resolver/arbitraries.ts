import * as fc from 'fast-check';

const characters = fc.constantFrom(
  ...Array.from(`aZ0 "'\\\`$#:,{}[]&*!|>%@-?~=</\n\t\r\0\u0007\u0085\u2028\ufeffé€😀`),
  '{{secret:a}}',
  '${secret:a}',
  '\\{{secret:',
  '\r\n',
  ': ',
  ' #',
  '---',
  '\n\n',
);

/** What a secret may hold: any text that UTF-8 can. */
export const secretText = fc.oneof(
  fc.string({ unit: characters, maxLength: 12 }),
  fc.constantFrom(
    'true',
    'no',
    '~',
    '12',
    '0x1f',
    '1e3',
    '.inf',
    '1:20',
    '2026-01-01',
    'null',
    '=',
    '<<',
    '-',
    '',
    ' x',
  ),
);

/** Secrets under `a` to `d`, of which the last one does not exist; `j` is a JSON document with the others in it. */
export const secrets = fc.record({ a: secretText, b: secretText, c: secretText });

/** Well-formed references, mostly. */
export const reference = fc
  .tuple(
    fc.constantFrom('{{', '${'),
    fc.constantFrom('a', 'b', 'c', 'd', '%61', 'files://a', 'j#a', 'j#/b', 'j#nope', 'a@current'),
    fc.array(fc.constantFrom('|url', '|base64', '|json', '|shell', '|default:x y'), { maxLength: 2 }),
  )
  .map(([open, name, filters]) => `${open}secret:${name}${filters.join('')}${open === '${' ? '}' : '}}'}`);
