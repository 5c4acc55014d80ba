import { test } from 'tap';
import { SecretNotFoundError } from '../../../src/core/errors/secret-not-found-error.ts';
import type { SecretMetadata } from '../../../src/core/secret.ts';
import { keepTagged } from '../../../src/providers/vault/kv-tagged.ts';
import { call, startRig } from './vault-rig.ts';

test('keeps what carries all of the tags, in order, and asks eight at once', async (t) => {
  let [underWay, most] = [0, 0];
  const describe = async (name: string): Promise<SecretMetadata> => {
    most = Math.max(most, ++underWay);
    await Promise.resolve();
    underWay--;
    if (name === 'n7') throw new SecretNotFoundError('SecretDoesNotExist', 'gone since');
    return { name, tags: { team: Number(name.slice(1)) % 2 === 0 ? 'shop' : 'web', tier: name < 'n3' ? '1' : '2' } };
  };
  const page = { items: Array.from({ length: 30 }, (_, n) => ({ name: `n${n}` })), nextCursor: 'n29' };
  const kept = await keepTagged(page, { team: 'shop', tier: '1' }, describe);
  t.same(
    kept.items.map(({ name }) => name),
    [0, 2, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28].map((n) => `n${n}`),
  );
  t.equal(kept.nextCursor, 'n29');
  t.equal(most, 8);
  t.same((await keepTagged(page, { toString: 'x' }, describe)).items, []);
  await t.rejects(
    keepTagged(page, {}, () => Promise.reject(new TypeError('broken'))),
    TypeError,
  );
});

test('a list by tag at the store', async (t) => {
  const rig = await startRig(t);
  rig.vault.kv.write('app/shop', '{}', { tags: { team: 'shop' } });
  const page = await rig.provider.list({ prefix: 'app/', tags: { team: 'shop' }, limit: 10 }, call);
  t.same(
    page.items.map(({ name, tags }) => [name, tags]),
    [['app/shop', { team: 'shop' }]],
  );
});

test('a page looks at the tags of so many secrets only', async (t) => {
  const rig = await startRig(t);
  const tags = { team: 'shop' };
  for (let n = 0; n < 210; n++) rig.vault.kv.write(`many/${1000 + n}`, '{}', { tags });
  const first = await rig.provider.list({ prefix: 'many/', tags, limit: 1000 }, call);
  t.equal(first.items.length, 200);
  t.equal(rig.vault.count('secret/metadata/many/1'), 200);
  const query = { prefix: 'many/', tags, limit: 1000, cursor: first.nextCursor ?? '' };
  t.equal((await rig.provider.list(query, call)).items.length, 10);
});
