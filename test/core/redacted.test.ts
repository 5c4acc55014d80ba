import { format, inspect } from 'node:util';
import { test } from 'tap';
import { Redacted } from '../../src/core/redacted.ts';

const VALUE = 'kf-value-never-shown';

// What the linter forbids is just what has to be safe.
// oxlint-disable-next-line typescript/restrict-template-expressions
const template = (secret: Redacted | Redacted<Uint8Array>): string => `${secret}`;

test('only `expose` tells the value', async (t) => {
  const bytes = Uint8Array.from([1, 2]);
  t.equal(new Redacted(VALUE).expose(), VALUE);
  t.equal(new Redacted(bytes).expose(), bytes);
});

test('no way of printing tells it', async (t) => {
  const secret = new Redacted(VALUE);
  const nested = { deep: [{ secret }], map: new Map([['secret', secret]]), error: new Error('x', { cause: secret }) };
  const prints = {
    toString: secret.toString(),
    template: template(secret),
    joined: [secret].join(),
    json: JSON.stringify({ deep: [{ secret }] }),
    inspect: inspect(secret, { showHidden: true, depth: Infinity }),
    nested: inspect(nested, { showHidden: true, depth: Infinity, customInspect: true }),
    hidden: inspect(secret, { showHidden: true, customInspect: false, getters: true }),
    ...Object.fromEntries(['%s', '%o', '%O', '%j', 'x'].map((how) => [how, format(how, nested, secret)])),
    keys: Object.getOwnPropertyNames(secret).join(),
    entries: JSON.stringify(Object.entries(secret)),
    copy: JSON.stringify(structuredClone(secret)),
    assigned: JSON.stringify(Object.assign({}, secret)),
  };
  for (const [how, text] of Object.entries(prints)) t.notMatch(text, VALUE, how);
  for (const how of ['toString', 'template', 'inspect', 'json'] as const) t.match(prints[how], '[redacted]', how);
});

test('bytes are not told either', async (t) => {
  const secret = new Redacted(Buffer.from(VALUE));
  const told = [JSON.stringify({ secret }), inspect([secret], { showHidden: true, depth: 9 }), template(secret)].join();
  t.notMatch(told, VALUE);
  t.notMatch(told, Buffer.from(VALUE).toString('hex').slice(0, 8));
  t.notMatch(told, '107');
});
