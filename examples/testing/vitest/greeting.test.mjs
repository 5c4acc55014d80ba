import { spawnKeyfob } from 'keyfob/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

let keyfob;

beforeAll(async () => {
  keyfob = await spawnKeyfob({ secrets: { 'app/greeting': 'hello' }, config: { retry: { maxAttempts: 1 } } });
});

afterAll(() => keyfob.stop());

const read = (path) => fetch(`${keyfob.url}/v1/secrets/${path}?format=raw`);

test('a rotation is seen at once', async () => {
  expect(await (await read('app/greeting')).text()).toBe('hello');
  await keyfob.put('app/greeting', 'good morning');
  expect(await (await read('app/greeting')).text()).toBe('good morning');
});

test('a store that throttles', async () => {
  await keyfob.setFaults({ faults: [{ errorRate: 1, code: 'RateLimited', retryAfter: '3s' }] });
  const answer = await read('app/never-read');
  expect(answer.status).toBe(429);
  expect(answer.headers.get('retry-after')).toBe('3');
});
