import { test } from 'tap';
import { Redacted } from '../../../src/core/redacted.ts';
import type { ExplicitVersion } from '../../../src/providers/local/stored-secret.ts';
import { type DigestedSecret, VersionHistory } from '../../../src/providers/local/version-history.ts';

function held(history: VersionHistory, ...values: readonly (string | Uint8Array)[]): DigestedSecret {
  let secret: DigestedSecret | undefined;
  for (const content of values) {
    const value = typeof content === 'string' ? new Redacted(content) : new Redacted<Uint8Array>(content);
    secret = history.next('a', { content: { value } }, secret);
  }
  if (secret === undefined) throw new TypeError('no value');
  return secret;
}

const values = (secret: DigestedSecret): readonly unknown[] => secret.versions.map((version) => version.value.expose());
const stages = (secret: DigestedSecret): readonly unknown[] => secret.versions.map((version) => version.stages);
const version = (id: string, ...stages: readonly string[]): ExplicitVersion => ({
  id,
  value: new Redacted(id),
  stages,
});
const explicit = (...versions: readonly ExplicitVersion[]): DigestedSecret =>
  new VersionHistory().next('a', { content: { versions } }, undefined);

test('the last five values are kept', async (t) => {
  const secret = held(new VersionHistory(), '1', '2', '3', '4', '5', '6', '7');
  t.same(values(secret), ['7', '6', '5', '4', '3']);
  t.same(stages(secret), [['current'], ['previous'], [], [], []]);
  t.equal(secret.current.value.expose(), '7');
});

test('an unchanged value is no new version', async (t) => {
  const history = new VersionHistory();
  t.same(values(held(history, '1', '2', '2', '2')), ['2', '1']);
  t.equal(held(history, '2').digest, held(history, '1', '2').digest);
});

test('a value that comes back is the newest again', async (t) => {
  const secret = held(new VersionHistory(), '1', '2', '1');
  t.same(values(secret), ['1', '2']);
  t.same(stages(secret), [['current'], ['previous']]);
});

test('an id tells nothing of the value', async (t) => {
  const history = new VersionHistory();
  const id = held(history, 'x').current.id;
  t.match(id, /^[0-9a-f]{32}$/);
  t.equal(held(history, 'x').current.id, id, 'the same within a process');
  t.not(held(new VersionHistory(), 'x').current.id, id, 'another key, another id');
  t.not(held(history, Buffer.from('x')).current.id, id, 'bytes are another value than text');
  t.not(history.next('b', { content: { value: new Redacted('x') } }, undefined).current.id, id, 'another path');
});

test('explicit versions are current and previous by their place', async (t) => {
  const secret = explicit(version('1'), version('2'), version('3'));
  t.same(values(secret), ['3', '2', '1']);
  t.same(stages(secret), [['current'], ['previous'], []]);
  t.equal(secret.current.id, '3');
});

test('or by their stages', async (t) => {
  t.same(stages(explicit(version('1'), version('2', 'AWSCURRENT'), version('3', 'pending'))), [
    ['pending'],
    ['current', 'AWSCURRENT'],
    ['previous'],
  ]);
  t.same(stages(explicit(version('1', 'previous'), version('2'), version('3', 'blue', 'current'))), [
    ['current', 'blue'],
    [],
    ['previous'],
  ]);
  t.same(stages(explicit(version('1', 'current'), version('2'))), [[], ['current']]);
});

test('explicit versions replace what was seen before', async (t) => {
  const history = new VersionHistory();
  const plain = held(history, '1', '2');
  const written = history.next('a', { content: { versions: [version('v1')] } }, plain);
  t.same(values(written), ['v1']);
  t.same(values(history.next('a', { content: { value: new Redacted('3') } }, written)), ['3']);
});

test('the digest changes with whatever is served', async (t) => {
  const history = new VersionHistory();
  const digest = (stored: Partial<ExplicitVersion>, tags?: Readonly<Record<string, string>>): string => {
    const content = { versions: [{ ...version('1'), ...stored }] };
    return history.next('a', { content, ...(tags !== undefined && { tags }) }, undefined).digest;
  };
  const digests = [
    digest({}),
    digest({ id: '2' }),
    digest({ value: new Redacted('2') }),
    digest({ stages: ['blue'] }),
    digest({ createdAt: new Date(0) }),
    digest({}, { team: 'a' }),
  ];
  t.equal(new Set(digests).size, digests.length);
  t.equal(digest({}), digests[0]);
});
