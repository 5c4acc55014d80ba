import type { SecretsError } from '../core/errors/secrets-error.ts';
import type { Place, Template } from './documents/template.ts';
import { Positions } from './positions.ts';
import { type ReferenceFailure, ResolveFailure } from './resolve-failure.ts';

// Design §6.
const MAX_LISTED = 100;
const MAX_SHOWN_LENGTH = 256;

/** Collects what failed in a document, in its order. */
export class Failures {
  readonly #template: Template;
  readonly #positions: Positions;
  readonly #listed: ReferenceFailure[] = [];
  readonly #errors: SecretsError[] = [];

  constructor(template: Template) {
    this.#template = template;
    this.#positions = new Positions(template.text);
  }

  /** @param at offset of what is wrong, from the beginning of the reference. */
  add({ start, end, pointer }: Omit<Place, 'reference'>, error: SecretsError, at = 0): void {
    this.#errors.push(error);
    if (this.#listed.length === MAX_LISTED) return;
    const source = this.#template.text.slice(start, Math.min(end, start + MAX_SHOWN_LENGTH));
    const reference = end - start > MAX_SHOWN_LENGTH ? `${source}…` : source;
    const where = pointer?.();
    this.#listed.push({
      reference,
      error,
      ...this.#positions.at(start + at),
      excerpt: toExcerpt(reference, at),
      ...(where !== undefined && { pointer: where }),
    });
  }

  /** @throws ResolveFailure */
  throwIfAny(): void {
    if (this.#errors.length > 0) throw new ResolveFailure(this.#listed, this.#errors);
  }
}

/** The reference, and below it a caret. */
function toExcerpt(reference: string, at: number): string {
  return `${reference.replace(/\p{Cc}/gu, ' ')}\n${' '.repeat(Math.min(at, reference.length))}^`;
}
