import { test } from 'tap';
import { untilAborted } from '../../../src/providers/local/until-aborted.ts';

const timeout = { category: 'NetworkError', code: 'Timeout' };
const never = (): Promise<never> => new Promise(() => {});

test('the outcome of the work', async (t) => {
  const { signal } = new AbortController();
  t.equal(await untilAborted(signal, async () => 'done'), 'done');
  await t.rejects(
    untilAborted(signal, async () => Promise.reject(new Error('bad'))),
    { message: 'bad' },
  );
});

test('work that never ends', async (t) => {
  const abort = new AbortController();
  const outcome = untilAborted(abort.signal, never);
  abort.abort();
  await t.rejects(outcome, timeout);
});

test('work is not begun after the abort', async (t) => {
  const work = async (): Promise<boolean> => t.fail('the work is not begun');
  await t.rejects(untilAborted(AbortSignal.abort(), work), timeout);
});
