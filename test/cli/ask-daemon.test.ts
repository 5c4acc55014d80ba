import { test } from 'tap';
import { askDaemon } from '../../src/cli/ask-daemon.ts';
import type { DaemonAnswer } from '../../src/cli/daemon-client.ts';

const ask = (answer: Omit<DaemonAnswer, 'body'>, body: string) =>
  askDaemon({ address: 'http://d', get: async () => ({ ...answer, body: Buffer.from(body) }), post: notAsked }, '/');

const notAsked = async (): Promise<never> => {
  throw new Error('nothing is to be sent');
};

test('a 200 is the answer', async (t) => {
  t.equal(String(await ask({ status: 200, contentType: '' }, 'v')), 'v');
});

test('a problem is its detail and code', async (t) => {
  const problem = { status: 422, contentType: 'application/problem+json; charset=utf-8' };
  await t.rejects(ask(problem, '{"detail":"no key","code":"KeyNotFound"}'), {
    name: 'CommandFailure',
    message: 'no key (KeyNotFound)',
  });
});

test('any other answer is told as not ours, and not shown', async (t) => {
  const others: readonly (readonly [number, string, string])[] = [
    [404, 'application/json', '{"errors":[],"detail":"d","code":"c"}'],
    [307, '', ''],
    [500, 'application/problem+json', '{broken'],
    [500, 'application/problem+json', 'null'],
    [500, 'application/problem+json', '{"detail":"d"}'],
  ];
  for (const [status, contentType, body] of others)
    await t.rejects(ask({ status, contentType }, body), {
      message: `what listens at http://d answered with status ${status}, which is not keyfob's way; is it another program?`,
    });
});
