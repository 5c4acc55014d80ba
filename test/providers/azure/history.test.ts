import t from 'tap';
import { type Attributes, parseAttributes } from '../../../src/providers/azure/attributes.ts';
import { previousOf, toHistory, toSecretVersions } from '../../../src/providers/azure/history.ts';

const row = (version: string, created: number, enabled = true): Attributes => {
  const id = `https://shop.vault.azure.net/secrets/a/${version}`;
  const attributes = parseAttributes({ id, attributes: { enabled, created } });
  if (attributes === undefined) throw new TypeError('not a secret');
  return attributes;
};
const order = (items: readonly Attributes[]): string =>
  toHistory(items)
    .map(({ version }) => version)
    .join(' ');

t.equal(order([row('b', 2), row('c', 1), row('a', 3)]), 'a b c', 'by creation, not by id');
t.equal(order([row('b', 1), row('a', 1)]), order([row('a', 1), row('b', 1)]), 'of one second in one order');
t.equal(order([]), '');

const history = toHistory([row('a', 1), row('b', 2), row('c', 3, false), row('d', 4)]);
t.equal(previousOf(history)?.version, 'b', 'a disabled one is passed over');
t.same(
  toSecretVersions(history).map(({ version, stages, state }) => [version, stages.join(), state]),
  [
    ['d', 'current', 'enabled'],
    ['c', '', 'disabled'],
    ['b', 'previous', 'enabled'],
    ['a', '', 'enabled'],
  ],
);
const off = toHistory([row('a', 1), row('b', 2, false)]);
t.equal(previousOf(off)?.version, 'a', 'below a current one that is disabled');
t.same(
  toSecretVersions(off).map(({ stages }) => stages),
  [['current'], ['previous']],
);
t.equal(previousOf(toHistory([row('a', 1)])), undefined);
t.equal(previousOf(toHistory([row('a', 1, false), row('b', 2)])), undefined);
