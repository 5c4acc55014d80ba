import { test } from 'tap';
import { CacheEntry } from '../../../src/cache/cache-entry.ts';
import { fromRecord, type EntryRecord, type Moment, toRecord } from '../../../src/cache/persistence/entry-record.ts';
import { Redacted } from '../../../src/core/redacted.ts';
import type { Secret } from '../../../src/core/secret.ts';
import { textSecret } from '../../fakes/secrets.ts';
import { identity } from '../cache-rig.ts';

const HOUR_MS = 3_600_000;
const WRITTEN: Moment = { monotonicMs: 50_000_000, wallMs: Date.UTC(2026, 0, 2) };

/** Read ten hours before it was written; may answer for 24 hours from then. */
function tenHoursOld(secret: Secret): CacheEntry {
  const fetchedAtMs = WRITTEN.monotonicMs - 10 * HOUR_MS;
  const times = { fetchedAtMs, expiresAtMs: fetchedAtMs + 300_000, staleUntilMs: fetchedAtMs + 24 * HOUR_MS };
  return new CacheEntry(identity('db/creds'), secret, times);
}

/** As the file gives it back. */
function written(entry: CacheEntry): EntryRecord {
  const record = toRecord(entry, WRITTEN);
  if (record === undefined) throw new Error('it is not written');
  return JSON.parse(JSON.stringify(record));
}

/** After a restart: the monotonic clock has begun anew. */
const restarted = (wallMs: number): Moment => ({ monotonicMs: 2_000, wallMs });
const ageMs = (entry: CacheEntry, { monotonicMs }: Moment): number => monotonicMs - entry.fetchedAtMs;

test('everything about a secret comes back', async (t) => {
  const dates = { createdAt: new Date('2025-01-02T03:04:05.678Z'), updatedAt: new Date('2025-06-07T08:09:10Z') };
  const metadata = {
    name: 'name',
    arn: 'arn:x',
    description: 'text',
    currentVersion: '7',
    stages: ['current'],
    tags: JSON.parse('{"team":"a","__proto__":"b"}'),
    region: 'r1',
    rotationEnabled: true,
    nextRotation: new Date('2027-01-01T00:00:00Z'),
    lastAccessed: new Date('2026-01-01T00:00:00Z'),
    ...dates,
  };
  const secret: Secret = { ...textSecret('value', { version: '7', stages: ['current', 'x'] }), ...dates, metadata };
  const entry = tenHoursOld({ ...secret, ttlMs: 90_000_000, warnings: ['expired'] });
  entry.aliases.add('db--creds').add('DB/creds');
  const back = fromRecord(written(entry), WRITTEN.wallMs, restarted(WRITTEN.wallMs));
  t.strictSame(back.secret, entry.secret);
  t.equal(back.secret.value.expose(), 'value');
  t.strictSame(back.identity, entry.identity);
  t.strictSame([...back.aliases], ['db--creds', 'DB/creds']);
});

test('what is not known stays absent', async (t) => {
  const back = fromRecord(written(tenHoursOld(textSecret('value'))), WRITTEN.wallMs, restarted(WRITTEN.wallMs));
  t.strictSame(Object.keys(back.secret).toSorted(), ['metadata', 'stages', 'value', 'version']);
  t.strictSame(back.secret.metadata, { name: 'name' });
});

test('values of every kind', async (t) => {
  for (const [at, text] of ['', 'größer 🗝\u0000\u2028', 'half a pair: \ud83d', '9007199254740993', '"\\'].entries())
    t.ok(
      fromRecord(written(tenHoursOld(textSecret(text))), WRITTEN.wallMs, WRITTEN).secret.value.expose() === text,
      `text ${at}`,
    );
  for (const bytes of [Uint8Array.of(), Uint8Array.from({ length: 256 }, (_, index) => index)]) {
    const secret = { ...textSecret(''), value: new Redacted(bytes) };
    const value = fromRecord(written(tenHoursOld(secret)), WRITTEN.wallMs, WRITTEN).secret.value.expose();
    t.ok(value instanceof Uint8Array && Buffer.from(bytes).equals(value), `${bytes.length} bytes`);
  }
});

test('what was lent is never written', async (t) => {
  const lease = { durationMs: HOUR_MS, isRenewable: true, renew: async () => HOUR_MS, giveBack: async () => undefined };
  t.equal(toRecord(tenHoursOld(textSecret('value', { lease })), WRITTEN), undefined);
});

test('it comes back expired, as old as it was and the time that has passed', async (t) => {
  const record = written(tenHoursOld(textSecret('value')));
  const now = restarted(WRITTEN.wallMs + 2 * HOUR_MS);
  const entry = fromRecord(record, WRITTEN.wallMs, now);
  t.equal(ageMs(entry, now), 12 * HOUR_MS);
  t.notOk(entry.isFresh(now.monotonicMs), 'the store is asked first');
  t.ok(entry.mayAnswerStale(now.monotonicMs + 12 * HOUR_MS - 1));
  t.notOk(entry.mayAnswerStale(now.monotonicMs + 12 * HOUR_MS), 'not beyond maxStale after the last success');
});

test('a machine that was off for longer than maxStale', async (t) => {
  const now = restarted(WRITTEN.wallMs + 15 * HOUR_MS);
  t.notOk(fromRecord(written(tenHoursOld(textSecret('value'))), WRITTEN.wallMs, now).mayAnswerStale(now.monotonicMs));
});

test('a wall clock that went back makes nothing younger than it was when it was written', async (t) => {
  const record = written(tenHoursOld(textSecret('value')));
  for (const backMs of [1, HOUR_MS, 1_000 * HOUR_MS]) {
    const now = restarted(WRITTEN.wallMs - backMs);
    const entry = fromRecord(record, WRITTEN.wallMs, now);
    t.equal(ageMs(entry, now), 10 * HOUR_MS, `${backMs} ms back`);
    t.notOk(entry.mayAnswerStale(now.monotonicMs + 14 * HOUR_MS));
  }
});

test('again and again: an age never shrinks, however often it is written', async (t) => {
  let [record, writtenAtMs] = [written(tenHoursOld(textSecret('value'))), WRITTEN.wallMs];
  for (const [hours, age] of [
    [1, 11],
    [1, 12],
    [-5, 12],
    [0, 12],
    [1, 13],
  ] as const) {
    const now = restarted(writtenAtMs + hours * HOUR_MS);
    const entry = fromRecord(record, writtenAtMs, now);
    t.equal(ageMs(entry, now), age * HOUR_MS);
    [record, writtenAtMs] = [JSON.parse(JSON.stringify(toRecord(entry, now))), now.wallMs];
  }
});
