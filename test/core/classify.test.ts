import { test } from 'tap';
import { classify } from '../../src/core/errors/classify.ts';
import { NetworkError } from '../../src/core/errors/network-error.ts';

test('an expected failure has its own two levels', async (t) => {
  const { category, code } = classify(new NetworkError('Timeout', 'too slow'));
  t.same([category, code], ['NetworkError', 'Timeout']);
});

test('anything else is a mistake of ours', async (t) => {
  for (const error of [new TypeError('x'), 'text', undefined]) {
    t.same(classify(error), { category: 'InternalError', code: 'Unexpected' });
  }
});
