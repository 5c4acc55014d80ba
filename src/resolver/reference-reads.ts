import type { CacheEntry } from '../cache/cache-entry.ts';
import type { Client } from '../client/client.ts';
import type { ReadAnswer } from '../client/failover.ts';
import type { Target } from '../client/router.ts';
import { type SecretPart, SecretParts } from '../client/secret-part.ts';
import type { AccessContext } from '../core/access-context.ts';
import { ParseError } from '../core/errors/parse-error.ts';
import { SecretNotFoundError } from '../core/errors/secret-not-found-error.ts';
import { isSecretsError, type SecretsError } from '../core/errors/secrets-error.ts';
import type { Place } from './documents/template.ts';
import type { SecretReference } from './grammar/reference.ts';
import { type Insertion, toInsertion } from './insertion.ts';
import { assertResolvedLength } from './resolved-length.ts';
import type { Turns } from './turns.ts';

/** What became of a reference. */
export type Outcome = Replacement | SecretsError;

/** What it is replaced by, and where that comes from. */
export interface Replacement extends Insertion {
  /** Absent when the default stands in. */
  readonly origin?: { readonly provider: string; readonly version: string };
}

export interface ReadingOptions {
  readonly client: Pick<Client, 'readAll'>;
  readonly context: AccessContext;
  readonly turns: Turns;
}

/** One secret at one version. */
interface Reading {
  /** The first reference to it says what is read. */
  readonly target: SecretReference;
  entry: CacheEntry | SecretsError | undefined;
  /** For all references to it. */
  read: ReadSecret | SecretsError | undefined;
}

// Together in one turn of the event loop.
const READS_AT_ONCE = 64;

/**
 * Reads what references name. A secret is read once for each of its versions that they name, all at the same time as
 * far as the budgets of the stores allow; two spellings of one secret get the same version.
 * @param places where the references stand; one may stand in several
 * @throws RequestError `PayloadTooLarge` for more than a document may hold
 */
export async function readReferences(
  places: readonly Place[],
  options: ReadingOptions,
): Promise<ReadonlyMap<SecretReference, Outcome>> {
  const { turns } = options;
  const readings = new Map<string, Reading>();
  await turns.each(places, ({ reference }) => {
    const key = targetKey(reference);
    if (!readings.has(key)) readings.set(key, { target: reference, entry: undefined, read: undefined });
  });
  await readAll([...readings.values()], options);
  const newest = toNewest(readings.values());
  const outcomes = new Map<SecretReference, Outcome>();
  let length = 0;
  await turns.each(places, ({ reference }) => {
    if (outcomes.has(reference)) return;
    const reading = readings.get(targetKey(reference));
    if (reading?.entry === undefined) throw new TypeError('a reference without its answer');
    reading.read ??= toRead(reading.entry, newest);
    const outcome = toOutcome(reference, reading.read);
    outcomes.set(reference, outcome);
    // Each of them is at least once in the document.
    if (!isSecretsError(outcome)) assertResolvedLength((length += outcome.text.length));
  });
  return outcomes;
}

/** Equal for the same secret at the same version. A path alone is its own key: no path begins with NUL. */
function targetKey({ path, version, stage, provider }: SecretReference): string {
  if (version === undefined && stage === undefined && provider === undefined) return path;
  return `\0${JSON.stringify([path, version ?? null, stage ?? null, provider ?? null])}`;
}

/** What is cached is there without a promise. */
async function readAll(readings: readonly Reading[], { client, context, turns }: ReadingOptions): Promise<void> {
  const pending: Promise<void>[] = [];
  for (let at = 0; at < readings.length; at += READS_AT_ONCE) {
    const group = readings.slice(at, at + READS_AT_ONCE);
    const answers = client.readAll(group.map(toTarget), { context, operation: 'resolve' });
    group.forEach((reading, index) => {
      const answer = answers[index];
      if (answer instanceof Promise) pending.push(settle(reading, answer));
      else reading.entry = answer?.entry;
    });
    if (at + READS_AT_ONCE < readings.length) await turns.next();
  }
  if (pending.length > 0) await Promise.all(pending);
}

const toTarget = ({ target }: Reading): Target => target;

async function settle(reading: Reading, answer: Promise<ReadAnswer>): Promise<void> {
  try {
    reading.entry = (await answer).entry;
  } catch (error) {
    if (!isSecretsError(error)) throw error;
    reading.entry = error;
  }
}

/** Between two spellings of one secret it may have been rotated: the later answer counts for both. */
function toNewest(readings: Iterable<Reading>): ReadonlyMap<string, CacheEntry> {
  const newest = new Map<string, CacheEntry>();
  for (const { entry } of readings) {
    if (entry === undefined || isSecretsError(entry)) continue;
    const other = newest.get(entry.identity.key);
    if (other === undefined || other.fetchedAtMs <= entry.fetchedAtMs) newest.set(entry.identity.key, entry);
  }
  return newest;
}

interface ReadSecret {
  readonly parts: SecretParts;
  readonly origin: NonNullable<Replacement['origin']>;
}

function toRead(entry: CacheEntry | SecretsError, newest: ReadonlyMap<string, CacheEntry>): ReadSecret | SecretsError {
  if (isSecretsError(entry)) return entry;
  const { secret, identity } = newest.get(entry.identity.key) ?? entry;
  return { parts: new SecretParts(secret), origin: { provider: identity.provider, version: secret.version } };
}

function toOutcome(reference: SecretReference, read: ReadSecret | SecretsError): Outcome {
  try {
    return isSecretsError(read) ? toDefault(reference, read) : replace(reference, read);
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
}

function replace(reference: SecretReference, { parts, origin }: ReadSecret): Outcome {
  const part = partOf(parts, reference.key);
  if (isSecretsError(part)) return toDefault(reference, part);
  const insertion = toInsertion(part, reference.filters);
  if (insertion === undefined) throw new TypeError('a value without what is inserted');
  return { ...insertion, origin };
}

function partOf(parts: SecretParts, key: string | undefined): SecretPart | ParseError {
  if (key === undefined) return parts.whole();
  try {
    return parts.key(key);
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
}

function toDefault({ filters }: SecretReference, error: SecretsError): Outcome {
  return (isNotFound(error) ? toInsertion(undefined, filters) : undefined) ?? error;
}

/** A default stands in for what is not there, never for an outage or a refusal (design §6). */
const isNotFound = (error: SecretsError): boolean =>
  error instanceof SecretNotFoundError || (error instanceof ParseError && error.code === 'KeyNotFound');
