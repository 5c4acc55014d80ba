import * as fc from 'fast-check';
import { test } from 'tap';
import { ReferenceFault } from '../../../src/resolver/grammar/reference-fault.ts';
import { hasReferences, scan } from '../../../src/resolver/grammar/scan.ts';

const found = (text: string): readonly unknown[] =>
  [...scan(text)].map(({ start, end, what }) => [
    text.slice(start, end),
    what === 'escape' ? what : what instanceof ReferenceFault ? 'fault' : 'reference',
  ]);

test('what is ours is found where it is', async (t) => {
  t.same(found('a {{secret:b}} ${secret:c}\\{{secret:d}} {{secret:e {{secret:}}'), [
    ['{{secret:b}}', 'reference'],
    ['${secret:c}', 'reference'],
    ['\\{{secret:', 'escape'],
    ['{{secret:e ', 'fault'],
    ['{{secret:}}', 'fault'],
  ]);
});

test('whether a text has references', async (t) => {
  t.ok(hasReferences('x ${secret:a}'));
  for (const text of ['', '\\{{secret:a}}', '{{secret:}}', '{{secret:a', 'secret:']) t.notOk(hasReferences(text), text);
});

test('one text that is named often is parsed once', async (t) => {
  const all = [...scan('{{secret:a}}{{secret:b}}{{secret:a}}')].map(({ what }) => what);
  t.equal(all[0], all[2]);
  t.not(all[0], all[1]);
});

test('nothing that is written makes it throw, and nothing overlaps', async (t) => {
  const unit = fc.constantFrom(
    '{{secret:',
    '${secret:',
    '}}',
    '{',
    '}',
    '$',
    '\\',
    '#',
    '@',
    '|',
    '%',
    '://',
    'a',
    '\n',
  );
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), (text) => {
        let at = 0;
        for (const { start, end } of scan(text)) {
          if (start < at || end <= start || end > text.length) return false;
          at = end;
        }
        return true;
      }),
    ),
  );
});
