import { executionAsyncResource } from 'node:async_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { test } from 'tap';
import { openHeap } from '../../src/observability/heap-keeper.ts';
import { keepTickShape } from '../../src/observability/tick-shape.ts';

test('what is held has the shape that V8 gives to what comes after a collection', async (t) => {
  setFlagsFromString('--allow-natives-syntax');
  const isSameShape: (a: object, b: object) => boolean = runInThisContext('(a, b) => %HaveSameMap(a, b)');
  const held = await keepTickShape();
  openHeap().release();
  const later = await new Promise<object>((resolve) => process.nextTick(() => resolve(executionAsyncResource())));
  t.not(later, held);
  t.ok(isSameShape(held, later));
  t.notOk(isSameShape(held, {}));
});
