// node --test knows nothing of it: run it with `npx tap`, or as a program.
import { test } from 'tap';
import { startKeyfob } from 'keyfob/testing';

/** What is tested: a program that reads a secret for each greeting. */
async function greet(keyfob) {
  const answer = await fetch(`${keyfob}/v1/secrets/app/greeting?format=raw`);
  return answer.ok ? `${await answer.text()}, world` : 'no greeting today';
}

test('greets, notices a rotation and survives an outage', async (t) => {
  const keyfob = await startKeyfob({
    secrets: { 'app/greeting': 'hello' },
    config: { cache: { ttl: '0ms' }, retry: { maxAttempts: 1 } },
  });
  t.teardown(() => keyfob.stop());
  t.equal(await greet(keyfob.url), 'hello, world');
  await keyfob.put('app/greeting', 'good morning');
  t.equal(await greet(keyfob.url), 'good morning, world');
  await keyfob.setFaults({ faults: [{ errorRate: 1, code: 'ProviderUnavailable' }] });
  t.equal(await greet(keyfob.url), 'good morning, world', 'the last good value');
  await keyfob.delete('app/greeting');
  await keyfob.setFaults({});
  t.equal(await greet(keyfob.url), 'no greeting today');
  const log = await keyfob.log({ kind: 'access' });
  t.equal(log.length, 4);
});
