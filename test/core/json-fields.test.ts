import { test } from 'tap';
import { dateAt, objectAt, parseObject, textAt, textsAt } from '../../src/core/json-fields.ts';

test('what is of another type is not there', async (t) => {
  t.same(parseObject('{"a":1}'), { a: 1 });
  for (const text of ['', '[]', '1', 'null', '{']) t.equal(parseObject(text), undefined, text);
  t.equal(textAt({ a: '' }, 'a'), undefined);
  t.equal(textAt({ a: 1 }, 'a'), undefined);
  t.same(objectAt({ a: [] }, 'a'), {});
  t.same(textsAt({ a: { b: 'c', d: 1 } }, 'a'), { b: 'c' });
  t.equal(dateAt({ a: 'soon' }, 'a'), undefined);
  t.equal(dateAt({ a: '2026-01-02T03:04:05.123456789Z' }, 'a')?.toISOString(), '2026-01-02T03:04:05.123Z');
});
