import { Redacted } from '../../core/redacted.ts';
import type { Secret, SecretMetadata } from '../../core/secret.ts';
import type { SecretIdentity } from '../cache-key.ts';
import { CacheEntry } from '../cache-entry.ts';

/** An entry as it is written into the file: plain JSON. */
export interface EntryRecord {
  readonly identity: SecretIdentity;
  readonly aliases: readonly string[];
  readonly value: string;
  readonly isBinary: boolean;
  readonly secret: Omit<Secret, 'value' | 'lease'>;
  /** Age at the time of writing, by the monotonic clock. */
  readonly ageMs: number;
  /** How long it may answer after it was read. */
  readonly staleForMs: number;
}

/** The two clocks at one moment. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** Undefined for what is never persisted: a value that was lent. */
export function toRecord(entry: CacheEntry, now: Moment): EntryRecord | undefined {
  const { identity, aliases, fetchedAtMs } = entry;
  const { value, lease, ...secret } = entry.secret;
  if (lease !== undefined) return undefined;
  const exposed = value.expose();
  return {
    identity,
    aliases: [...aliases],
    value: typeof exposed === 'string' ? exposed : Buffer.from(exposed).toString('base64'),
    isBinary: typeof exposed !== 'string',
    secret,
    ageMs: now.monotonicMs - fetchedAtMs,
    staleForMs: entry.staleUntilMs - fetchedAtMs,
  };
}

/**
 * The entry, expired: the store is asked first. A wall clock that went back does not make it younger.
 * @param writtenAtMs wall clock of the writing
 */
export function fromRecord(record: EntryRecord, writtenAtMs: number, now: Moment): CacheEntry {
  const { identity, aliases, value, isBinary, secret, ageMs, staleForMs } = record;
  const fetchedAtMs = now.monotonicMs - ageMs - Math.max(0, now.wallMs - writtenAtMs);
  const entry = new CacheEntry(
    identity,
    { ...revived(secret), value: isBinary ? new Redacted(Buffer.from(value, 'base64')) : new Redacted(value) },
    { fetchedAtMs, expiresAtMs: now.monotonicMs, staleUntilMs: fetchedAtMs + staleForMs },
  );
  for (const alias of aliases) entry.aliases.add(alias);
  return entry;
}

/** JSON has no dates. */
function revived({ metadata, createdAt, updatedAt, ...rest }: EntryRecord['secret']): EntryRecord['secret'] {
  return { ...rest, ...dates({ createdAt, updatedAt }), metadata: { ...metadata, ...metadataDates(metadata) } };
}

const metadataDates = ({ nextRotation, createdAt, updatedAt, lastAccessed }: SecretMetadata) =>
  dates({ nextRotation, createdAt, updatedAt, lastAccessed });

function dates<K extends string>(fields: Readonly<Record<K, Date | undefined>>): { readonly [key in K]?: Date } {
  const found: { [key in K]?: Date } = {};
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined) found[key] = new Date(value);
  }
  return found;
}
