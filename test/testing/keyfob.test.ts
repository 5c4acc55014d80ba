import { test } from 'tap';
import { spawnKeyfob } from '../../src/testing/spawn-keyfob.ts';
import { startKeyfob } from '../../src/testing/start-keyfob.ts';

const read = async (url: string, target: string): Promise<string> => {
  const answer = await fetch(`${url}/v1/secrets/${target}`, { headers: { accept: 'text/plain' } });
  return answer.ok ? answer.text() : String(answer.status);
};

for (const [name, start] of [
  ['in this process', startKeyfob],
  ['as a process of its own', spawnKeyfob],
] as const)
  test(`a daemon ${name}`, async (t) => {
    const secrets = { 'db/creds': { user: 'app' }, 'a b/c': 'text', bytes: Uint8Array.from([255]) };
    const config = { retry: { maxAttempts: 1 } };
    const keyfob = await start({ secrets, config, seed: 3, scenario: 'throttled', faults: [{ path: 'x' }] });
    t.teardown(() => keyfob.stop());
    await keyfob.setFaults({});
    t.equal(await read(keyfob.url, 'db/creds'), '{"user":"app"}');
    t.equal(await read(keyfob.url, 'a%20b/c'), 'text');
    const version = await keyfob.put('a b/c', 'next', ['pending']);
    t.equal(await read(keyfob.url, 'a%20b/c'), 'text');
    await keyfob.moveStages('a b/c', version, ['current']);
    t.equal(await read(keyfob.url, 'a%20b/c'), 'next');
    await keyfob.delete('a b/c');
    t.equal(await read(keyfob.url, 'a%20b/c'), '404');
    await keyfob.setFaults({ faults: [{ errorRate: 1, code: 'RateLimited' }] });
    t.equal(await read(keyfob.url, 'other'), '429');
    const [last] = await keyfob.log({ kind: 'access', limit: 1 });
    t.match(last, { path: 'other', code: 'RateLimited', at: Date });
    await keyfob.clearLog();
    t.same(await keyfob.log(), []);
    await t.rejects(keyfob.delete('none'), { message: /^DELETE secrets\/none: .*\(SecretDoesNotExist\)$/ });
    await keyfob.stop();
    await keyfob[Symbol.asyncDispose]();
    await t.rejects(read(keyfob.url, 'other'));
  });

test('a configuration that is wrong', async (t) => {
  await t.rejects(startKeyfob({ config: { cash: {} } }), { message: /unknown key 'cash'/ });
  await t.rejects(spawnKeyfob({ config: { cash: {} } }), { message: /did not start: .*unknown key 'cash'/s });
});
