import type { Client } from '../client/client.ts';
import type { AccessContext } from '../core/access-context.ts';
import type { Clock } from '../core/clock.ts';
import type { Span, Tracer } from '../core/tracer.ts';
import { ParseError } from '../core/errors/parse-error.ts';
import { RequestError } from '../core/errors/request-error.ts';
import { isSecretsError } from '../core/errors/secrets-error.ts';
import { type Format, parsers } from './documents/formats.ts';
import { SplicedText } from './documents/spliced-text.ts';
import type { Place, Template } from './documents/template.ts';
import { explainTemplate, type Explanation } from './explain.ts';
import { Failures } from './failures.ts';
import type { SecretReference } from './grammar/reference.ts';
import type { Insertion } from './insertion.ts';
import { ResolveFailure } from './resolve-failure.ts';
import { readReferences, type Replacement } from './reference-reads.ts';
import { assertResolvedLength } from './resolved-length.ts';
import { Turns } from './turns.ts';

export interface ResolverOptions {
  readonly client: Pick<Client, 'readAll' | 'preview'>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly tracer?: Tracer | undefined;
}

/** A document that is to be resolved. */
export interface Source {
  readonly format: Format;
  /** A JSON document must be valid JSON. */
  readonly text: string;
}

/** What a reference was replaced from. */
export interface ResolvedReference {
  readonly reference: SecretReference;
  /** Absent when its default stands in for it. */
  readonly origin?: Replacement['origin'];
}

export interface Resolved {
  readonly text: string;
  /** In the order of the document. */
  readonly references: Iterable<ResolvedReference>;
}

export const MAX_REFERENCES = 10_000;

/** Puts secrets into documents: a single pass, so that what was inserted is never scanned; all or nothing. */
export class Resolver {
  readonly #options: ResolverOptions;

  constructor(options: ResolverOptions) {
    this.#options = options;
  }

  /**
   * Replaces every reference. A secret is read once for each of its versions that the document names.
   * @throws ResolveFailure with every reference that failed; RequestError `PayloadTooLarge` for too many of them, or a
   * result that is too large, `InvalidBody` for a document that is not of its format.
   */
  async resolve(source: Source, context: AccessContext): Promise<Resolved> {
    const span = this.#options.tracer?.start('secrets.resolve', context.trace, {});
    if (span === undefined) return this.#resolve(source, context);
    try {
      const resolved = await this.#resolve(source, { ...context, trace: span.context }, span);
      span.end();
      return resolved;
    } catch (error) {
      // The answer tells of all of them.
      span.end(error instanceof ResolveFailure ? error.errors[0] : error);
      throw error;
    }
  }

  async #resolve({ format, text }: Source, context: AccessContext, span?: Span): Promise<Resolved> {
    const { client, clock } = this.#options;
    const turns = new Turns(clock);
    const template = await parsers[format](text, turns);
    span?.set({ reference_count: template.places.length });
    assertWellFormed(template);
    const outcomes = await readReferences(template.places, { client, context, turns });
    const failures = new Failures(template);
    const replacements: Replacement[] = [];
    await turns.each(template.places, (place) => {
      const outcome = outcomes.get(place.reference);
      if (outcome === undefined) throw new TypeError('a reference without its outcome');
      if (isSecretsError(outcome)) failures.add(place, outcome);
      else replacements.push(outcome);
    });
    span?.set({ resolved_count: replacements.length });
    failures.throwIfAny();
    return {
      text: await interpolate(template, replacements, turns),
      references: { [Symbol.iterator]: () => toResolved(template.places, replacements) },
    };
  }

  /**
   * Tells what would become of each reference, and reads nothing.
   * @throws ResolveFailure for malformed references; RequestError as `resolve` does
   */
  async explain({ format, text }: Source, context: AccessContext): Promise<readonly Explanation[]> {
    const { client, clock } = this.#options;
    const turns = new Turns(clock);
    const template = await parsers[format](text, turns);
    assertWellFormed(template);
    return explainTemplate(template, { client, context, turns });
  }
}

/** Nothing is read for a document with malformed references, or too many. */
export function assertWellFormed(template: Template): void {
  const failures = new Failures(template);
  for (const misplace of template.faults)
    failures.add(misplace, new ParseError('InvalidReference', misplace.fault.message), misplace.fault.at);
  failures.throwIfAny();
  if (template.places.length > MAX_REFERENCES)
    throw new RequestError('PayloadTooLarge', `the document has more than ${MAX_REFERENCES} references`);
}

function* toResolved(
  places: readonly Place[],
  replacements: readonly Replacement[],
): Generator<ResolvedReference, void> {
  for (const [index, { reference }] of places.entries()) {
    const origin = replacements[index]?.origin;
    yield origin === undefined ? { reference } : { reference, origin };
  }
}

async function interpolate(template: Template, replacements: readonly Insertion[], turns: Turns): Promise<string> {
  const result = new SplicedText(template.text);
  const failures = new Failures(template);
  await turns.each(template.splices(replacements), (part) => {
    if ('place' in part)
      failures.add(placeAt(template, part.place), new ParseError('InvalidSecretFormat', part.message));
    else result.add(part);
    assertResolvedLength(result.length);
  });
  failures.throwIfAny();
  return result.toString();
}

function placeAt({ places }: Template, index: number): Place {
  const place = places[index];
  if (place === undefined) throw new TypeError('a value without its place');
  return place;
}
