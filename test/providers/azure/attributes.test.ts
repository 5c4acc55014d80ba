import t from 'tap';
import { parseAttributes, timeWarning, toMetadata } from '../../../src/providers/azure/attributes.ts';

const id = 'https://shop.vault.azure.net/secrets/App--Db/0123456789ABCDEF0123456789abcdef';
const full = {
  id,
  contentType: 'application/x-pkcs12',
  attributes: { enabled: true, nbf: 10, exp: 20, created: 1, updated: 2, recoveryLevel: 'Purgeable' },
  tags: { team: 'shop', __proto__: 'x' },
};
const parsed = parseAttributes(full);
t.same(parsed, {
  id: 'app/db',
  version: '0123456789abcdef0123456789abcdef',
  isEnabled: true,
  createdAt: new Date(1_000),
  updatedAt: new Date(2_000),
  notBefore: new Date(10_000),
  expiresAt: new Date(20_000),
  contentType: 'application/x-pkcs12',
  tags: { team: 'shop' },
});
if (parsed === undefined) throw new TypeError('not a secret');
t.same(toMetadata('app/db', parsed), {
  name: 'app/db',
  description: 'application/x-pkcs12',
  tags: { team: 'shop' },
  createdAt: new Date(1_000),
  updatedAt: new Date(2_000),
});
t.equal(timeWarning(parsed, 9_999), 'not-yet-valid');
t.equal(timeWarning(parsed, 10_000), undefined);
t.equal(timeWarning(parsed, 19_999), undefined);
t.equal(timeWarning(parsed, 20_000), 'expired');

const bare = parseAttributes({ id: 'https://shop.vault.azure.net/secrets/a' });
t.match(bare, { id: 'a', version: undefined, isEnabled: true, createdAt: undefined, tags: {} });
t.equal(parseAttributes({ id, attributes: { enabled: false } })?.isEnabled, false);
t.equal(parseAttributes({ id: 'https://shop.vault.azure.net/secrets/a----b' })?.id, undefined, 'no path leads there');
for (const item of [
  null,
  [],
  {},
  { id: 'a' },
  { id: 'https://shop.vault.azure.net/keys/a/1' },
  { id: 'https://x/secrets/' },
])
  t.equal(parseAttributes(item), undefined, JSON.stringify(item));
