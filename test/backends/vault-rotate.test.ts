import { randomUUID } from 'node:crypto';
import { postgresTest } from './backend-test.ts';
import { addStaticRole, enableDatabase } from './database-engine.ts';
import { startOpenBao } from './openbao.ts';
import { startPostgres } from './postgres.ts';
import { startProvider } from './vault-provider.ts';

await postgresTest('a static role is rotated through its endpoint', async (t) => {
  const [bao, postgres] = await Promise.all([startOpenBao(), startPostgres()]);
  t.teardown(async () => {
    await bao.stop();
    await postgres.stop();
  });
  await enableDatabase(bao, postgres);
  await addStaticRole(bao, postgres, 'fixed');
  const { provider, get, call } = await startProvider(t, bao, {
    leased: ['database/static-creds/*'],
    rotate: { 'database/static-creds/*': 'database/rotate-role/*', 'broken/*': 'secret/data/*' },
  });
  const rotateCall = { ...call, idempotencyToken: randomUUID() };
  const path = 'database/static-creds/fixed';
  const [before, accountBefore] = [await get(path), JSON.parse(String((await get(path)).value.expose()))];
  const admit = ({ username: user, password }: { username: string; password: string }): Promise<boolean> =>
    postgres.lets({ user, password });
  t.ok(await admit(accountBefore));
  t.same(await provider.rotate(path, rotateCall), { triggered: true, status: 'completed' });
  const after = await get(path);
  t.not(after.version, before.version);
  t.notOk(await admit(accountBefore), 'the old password is refused');
  t.ok(await admit(JSON.parse(String(after.value.expose()))), 'the new one is let in');
  await t.rejects(provider.rotate('database/static-creds/none', rotateCall), { code: 'RotationNotConfigured' });
  await t.rejects(provider.rotate('broken/x', rotateCall), { code: 'RotationNotConfigured' });
  await t.rejects(provider.rotate('app/db', rotateCall), { code: 'RotationNotConfigured' });
  await postgres.stop();
  await t.rejects(provider.rotate(path, rotateCall), { code: 'RotationFailed' });
});
