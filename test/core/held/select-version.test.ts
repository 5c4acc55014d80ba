import { test } from 'tap';
import { Redacted } from '../../../src/core/redacted.ts';
import { selectVersion } from '../../../src/core/held/select-version.ts';
import { VersionHistory } from '../../../src/providers/local/version-history.ts';

const written = new VersionHistory().next(
  'a',
  {
    content: {
      versions: [
        { id: '1', value: new Redacted('one'), stages: ['AWSPREVIOUS'] },
        { id: '2', value: new Redacted('two'), stages: [] },
        { id: '3', value: new Redacted('three'), stages: ['AWSCURRENT', 'blue'] },
        { id: '4', value: new Redacted('four'), stages: ['AWSPENDING'] },
      ],
    },
  },
  undefined,
);

for (const [selector, id] of [
  [{}, '3'],
  [{ version: '2' }, '2'],
  [{ stage: 'previous' }, '1'],
  [{ stage: 'pending' }, '4'],
  [{ stage: 'blue' }, '3'],
] as const)
  test(`${JSON.stringify(selector)} is version ${id}`, async (t) => {
    t.equal(selectVersion(written, selector).id, id);
  });

test('what is not there', async (t) => {
  t.throws(() => selectVersion(written, { version: '5' }), {
    code: 'VersionNotFound',
    message: "version '5' does not exist",
  });
  t.throws(() => selectVersion(written, { stage: 'green' }), { code: 'StageNotFound' });
  const plain = new VersionHistory().next('a', { content: { value: new Redacted('x') } }, undefined);
  t.throws(() => selectVersion(plain, { version: '5' }), { code: 'VersionNotFound', message: /until a restart$/ });
});
