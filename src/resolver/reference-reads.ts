import type { Client } from '../client/client.ts';
import type { ReadAnswer } from '../client/failover.ts';
import type { ReadRequest } from '../client/secret-reader.ts';
import { type SecretPart, SecretParts } from '../client/secret-part.ts';
import type { AccessContext } from '../core/access-context.ts';
import { ParseError } from '../core/errors/parse-error.ts';
import { SecretNotFoundError } from '../core/errors/secret-not-found-error.ts';
import { isSecretsError, type SecretsError } from '../core/errors/secrets-error.ts';
import type { SecretReference } from './grammar/reference.ts';
import { type Insertion, toInsertion } from './insertion.ts';
import { assertResolvedLength } from './resolved-length.ts';
import type { Turns } from './turns.ts';

/** What became of a reference. */
export type Outcome = Replacement | SecretsError;

/** What it is replaced by, and where that comes from. */
export interface Replacement {
  readonly insertion: Insertion;
  /** Absent when the default stands in. */
  readonly origin?: { readonly provider: string; readonly version: string };
}

export interface ReadingOptions {
  readonly client: Pick<Client, 'readAll'>;
  readonly context: AccessContext;
  readonly turns: Turns;
}

/** One secret at one version, and the references to it. */
interface Reading {
  /** The first of them says what is read. */
  readonly target: SecretReference;
  readonly references: SecretReference[];
  answer?: ReadAnswer | SecretsError;
}

// Together in one turn of the event loop.
const READS_AT_ONCE = 64;

/**
 * Reads what references name. A secret is read once for each of its versions that they name, all at the same time as
 * far as the budgets of the stores allow; two spellings of one secret get the same version.
 * @throws RequestError `PayloadTooLarge` for more than a document may hold
 */
export async function readReferences(
  references: Iterable<SecretReference>,
  options: ReadingOptions,
): Promise<ReadonlyMap<SecretReference, Outcome>> {
  const readings = await toReadings(references, options.turns);
  await readAll(readings, options);
  const newest = toNewest(readings);
  const outcomes = new Map<SecretReference, Outcome>();
  let length = 0;
  for (const { answer, references: all } of readings) {
    if (answer === undefined) throw new TypeError('a reading without its answer');
    const read = isSecretsError(answer) ? answer : toRead(newest.get(answer.entry.identity.key) ?? answer);
    for (const reference of all) {
      const outcome = toOutcome(reference, read);
      outcomes.set(reference, outcome);
      // Each of them is at least once in the document.
      if (!isSecretsError(outcome)) assertResolvedLength((length += outcome.insertion.text.length));
      if (options.turns.isOver()) await options.turns.next();
    }
  }
  return outcomes;
}

async function toReadings(references: Iterable<SecretReference>, turns: Turns): Promise<readonly Reading[]> {
  const readings = new Map<string, Reading>();
  for (const reference of references) {
    const key = targetKey(reference);
    const known = readings.get(key);
    if (known !== undefined) known.references.push(reference);
    else readings.set(key, { target: reference, references: [reference] });
    if (turns.isOver()) await turns.next();
  }
  return [...readings.values()];
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
    const answers = client.readAll(group.map(({ target }) => toRequest(target, context)));
    for (const [index, reading] of group.entries()) {
      const answer = answers[index];
      if (answer instanceof Promise) pending.push(settle(reading, answer));
      else if (answer !== undefined) reading.answer = answer;
    }
    if (at + READS_AT_ONCE < readings.length) await turns.next();
  }
  if (pending.length > 0) await Promise.all(pending);
}

function toRequest({ path, version, stage, provider }: SecretReference, context: AccessContext): ReadRequest {
  return {
    path,
    context,
    operation: 'resolve',
    ...(version !== undefined && { version }),
    ...(stage !== undefined && { stage }),
    ...(provider !== undefined && { provider }),
  };
}

async function settle(reading: Reading, answer: Promise<ReadAnswer>): Promise<void> {
  try {
    reading.answer = await answer;
  } catch (error) {
    if (!isSecretsError(error)) throw error;
    reading.answer = error;
  }
}

/** Between two spellings of one secret it may have been rotated: the later answer counts for both. */
function toNewest(readings: readonly Reading[]): ReadonlyMap<string, ReadAnswer> {
  const newest = new Map<string, ReadAnswer>();
  for (const { answer } of readings) {
    if (answer === undefined || isSecretsError(answer)) continue;
    const { identity, fetchedAtMs } = answer.entry;
    const other = newest.get(identity.key);
    if (other === undefined || other.entry.fetchedAtMs <= fetchedAtMs) newest.set(identity.key, answer);
  }
  return newest;
}

interface ReadSecret {
  readonly parts: SecretParts;
  readonly origin: { readonly provider: string; readonly version: string };
}

function toRead({ entry: { secret, identity } }: ReadAnswer): ReadSecret {
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
  return { insertion, origin };
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
  const insertion = isNotFound(error) ? toInsertion(undefined, filters) : undefined;
  return insertion === undefined ? error : { insertion };
}

/** A default stands in for what is not there, never for an outage or a refusal (design §6). */
const isNotFound = (error: SecretsError): boolean =>
  error instanceof SecretNotFoundError || (error instanceof ParseError && error.code === 'KeyNotFound');
