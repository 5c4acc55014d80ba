import { executionAsyncResource } from 'node:async_hooks';

/** Held for as long as the process runs. */
const held: object[] = [];

/**
 * Keeps one of the objects that Node makes for each `process.nextTick`, of which every request has several, so that V8
 * keeps making them the fast way. They are literals with computed names: V8 compiles those for the one shape that it saw,
 * holds that shape weakly, and when a collection finds no such object alive it makes all later ones the slow way, for
 * good. That costs a request a twelfth more. To be called at the start, before V8 collects.
 * @returns the object that is held
 */
export function keepTickShape(): Promise<object> {
  return new Promise((resolve) => {
    process.nextTick(() => {
      const tick = executionAsyncResource();
      held.push(tick);
      resolve(tick);
    });
  });
}
