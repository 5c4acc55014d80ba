import type { SecretReference } from '../grammar/reference.ts';
import type { ReferenceFault } from '../grammar/reference-fault.ts';
import type { Insertion } from '../insertion.ts';
import type { Turns } from '../turns.ts';

/** Where a reference stands in a document. */
export interface Place {
  readonly reference: SecretReference;
  /** Offsets in the document's text. */
  readonly start: number;
  readonly end: number;
  /** JSON Pointer of the string or name that it stands in, unless that is very long. */
  readonly pointer?: () => string | undefined;
}

/** Something that was meant as a reference. */
export interface Misplace extends Omit<Place, 'reference'> {
  readonly fault: ReferenceFault;
}

/** A part of the text that is replaced. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A document with references in it: what they are, and how values are written where they stand. */
export interface Template {
  readonly text: string;
  readonly places: readonly Place[];
  readonly faults: readonly Misplace[];
  /**
   * How the text becomes the result: in its order, without overlaps. An error in place of a splice says that the value
   * cannot be written there.
   * @param insertions one for each place
   */
  splices(insertions: readonly Insertion[]): Iterable<Splice | Unfit>;
}

/** A value that cannot be written where it belongs, or not so that the format's parser would give it back. */
export interface Unfit {
  /** Index of the place. */
  readonly place: number;
  /** Lower case, without a final period. */
  readonly message: string;
}

/** Takes a document of one format apart. */
export type TemplateParser = (text: string, turns: Turns) => Promise<Template>;
