import { test } from 'tap';
import { Block } from '../../src/audit/block.ts';
import { checkOf } from '../../src/audit/line-check.ts';

test('a block takes lines until it is full, and gives each out once', async (t) => {
  const block = new Block(30);
  t.ok(block.add(['one\n']));
  t.equal(Buffer.from(block.take()).toString(), 'one\n');
  t.ok(block.add(['tw\u00f6\n']));
  t.notOk(block.add(['three four\n']), 'as it may take three bytes a character');
  t.equal(Buffer.from(block.take()).toString(), 'tw\u00f6\n');
  t.equal(block.take().length, 0);
  t.equal(Buffer.from(block.bytes).toString(), 'one\ntw\u00f6\n');
  t.equal(block.lines, 2);
  t.same([...block.checks()], [checkOf(Buffer.from('one\n')), checkOf(Buffer.from('tw\u00f6\n'))]);
});
