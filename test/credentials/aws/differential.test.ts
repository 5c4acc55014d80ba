import { inspect } from 'node:util';
import { test } from 'tap';
import { AuthenticationError } from '../../../src/core/errors/authentication-error.ts';
import { askOurs } from './ask-ours.ts';
import { askSdk } from './ask-sdk.ts';
import type { Pick, Row } from './differential-row.ts';
import { startMachine, type Machine } from './machine.ts';
import { metadataRows } from './rows-metadata.ts';
import { roleRows } from './rows-role.ts';
import { staticRows } from './rows-static.ts';
import { tokenRows } from './rows-token.ts';

const rows = [...staticRows, ...roleRows, ...tokenRows, ...metadataRows];
/** The environment of the row on this machine. */
async function setUp(machine: Machine, row: Row): Promise<Readonly<Record<string, string>>> {
  const fill = (text: string): string =>
    text.replaceAll('{home}', machine.home).replaceAll('{agent}', machine.agent.uri);
  for (const [path, text] of Object.entries(row.files ?? {})) await machine.write(path, fill(text));
  machine.sts.deniedRoles.add('arn:aws:iam::123456789012:role/denied');
  row.prepare?.(machine);
  const own = Object.entries(row.env ?? {}).map(([name, text]) => [name, fill(text)]);
  return { ...machine.env, ...Object.fromEntries(own) };
}

for (const row of rows)
  test(row.name, async (t) => {
    const machine = await startMachine(t);
    const env = await setUp(machine, row);
    const sdk = await askSdk(env, row.options?.profile);
    const { outcome: ours, source } = await askOurs(machine.options({ env, ...row.options }));
    const fails = (expected: RegExp): void => {
      t.ok(ours instanceof AuthenticationError && expected.test(ours.message), 'we fail and say why', { ours });
      t.notMatch(inspect(ours, { depth: 9 }), /canary|secret-of|web-token|portal-token|pod-token/, 'without content');
    };
    const picks = (pick: Pick): void => {
      t.ok(!(ours instanceof Error) && ours.key.startsWith(pick.key), `we pick ${pick.key}`, { ours });
      t.match(source, pick.source);
    };
    if (row.both !== undefined) {
      t.same(ours, sdk, 'the same keys');
      picks(row.both);
    } else if (row.neither !== undefined) {
      t.ok(sdk instanceof Error, 'the SDK fails', { sdk });
      fails(row.neither);
    } else if (row.differs !== undefined) {
      const { sdk: wanted, ours: own } = row.differs;
      t.ok(sdk instanceof Error ? wanted === 'fails' : sdk.key.startsWith(wanted), `the SDK: ${wanted}`, { sdk });
      if (own instanceof RegExp) fails(own);
      else picks(own);
    } else {
      t.fail('the row expects nothing');
    }
  });

test('the table is as large as it should be', (t) => {
  t.ok(rows.length >= 40, `${rows.length} rows`);
  t.equal(new Set(rows.map(({ name }) => name)).size, rows.length, 'each once');
  t.end();
});
