import { test } from 'tap';
import { matchesEntityTag } from '../../src/http/entity-tag.ts';

test('a condition names the tag, alone or among others, weak or not', async (t) => {
  for (const condition of ['"a"', 'W/"a"', '"b", "a"', '"b",W/"a"', '*']) t.ok(matchesEntityTag(condition, '"a"'));
  for (const condition of [undefined, '', '"b"', 'a', '"A"', '"a"x', '"b", W/"c"'])
    t.notOk(matchesEntityTag(condition, '"a"'), condition ?? 'none');
});
