import { CST } from 'yaml';
import { RequestError } from '../../core/errors/request-error.ts';
import { ReferenceFault } from '../grammar/reference-fault.ts';
import { type Found, isReference } from '../grammar/scan.ts';
import type { Insertion } from '../insertion.ts';
import type { Turns } from '../turns.ts';
import { mask } from './mask.ts';
import type { Misplace, Place, Splice, Template, Unfit } from './template.ts';
import { type FilledScalar, keyClashes } from './yaml/key-clashes.ts';
import { type Leaf, leaves, malformed, readTokens } from './yaml/read-tokens.ts';
import { encodeScalar, type Mark, type MarkedScalar } from './yaml/scalar.ts';

/**
 * YAML documents with references in their scalars, keys included. Comments, also references in them, stay as they are.
 * Values are written so that a parser gives them back as they are, and as text; but a plain scalar that is exactly one
 * reference without a filter takes the JSON type of the value.
 */
export async function parseYaml(text: string, turns: Turns): Promise<Template> {
  const masked = await mask(text, turns);
  if (masked === undefined) throw new RequestError('InvalidBody', 'the document has every character of private use');
  const owners =
    masked.found.length === 0 ? new Map<Found, Owner>() : await findOwners(masked.text, masked.found, turns);
  const places: Place[] = [];
  const faults: Misplace[] = [];
  const scalars = new Map<CST.Token, MarkedScalar & { readonly marks: Mark[] }>();
  for (const found of masked.found) {
    const owner = owners.get(found);
    const { start, end, what } = found;
    if (owner === 'comment') continue;
    if (owner === undefined || what instanceof ReferenceFault) {
      if (what !== 'escape') faults.push({ fault: what instanceof ReferenceFault ? what : notHere(), start, end });
      continue;
    }
    const scalar = scalars.get(owner.token) ?? { ...owner, mask: masked.mask, marks: [] };
    scalars.set(owner.token, scalar);
    if (isReference(what)) scalar.marks.push({ ...found, place: places.push({ reference: what, start, end }) - 1 });
    else scalar.marks.push(found);
  }
  return { text, places, faults, splices: (insertions) => splicesOf(text, scalars.values(), insertions) };
}

/** What something of ours stands in; nothing for a tag, an anchor or the like. */
type Owner = Pick<MarkedScalar, 'token' | 'isKey' | 'parent'> | 'comment';

async function findOwners(text: string, found: readonly Found[], turns: Turns): Promise<ReadonlyMap<Found, Owner>> {
  const owners = new Map<Found, Owner>();
  let tagEnd = -1;
  for (const leaf of leaves(text, await readTokens(text, turns))) {
    if (turns.isOver()) await turns.next();
    const owner = toOwner(leaf);
    const { start, end } = rangeOf(leaf.token);
    if (leaf.token.type === 'tag') tagEnd = end;
    // What the library takes for a scalar right behind a tag is the end of the tag.
    if (owner === undefined || start === tagEnd) continue;
    let index = firstFrom(found, start);
    if (owner !== 'comment' && (found[index]?.start ?? end) < end) assertClosed(text, owner.token);
    for (let item = found[index]; item !== undefined && item.start < end; item = found[++index])
      owners.set(item, owner);
  }
  return owners;
}

function toOwner({ token, isKey, parent }: Leaf): Owner | undefined {
  if (token.type === 'comment') return 'comment';
  return CST.isScalar(token) ? { token, isKey, parent } : undefined;
}

function rangeOf(token: Leaf['token']): { readonly start: number; readonly end: number } {
  const header = token.type === 'block-scalar' ? token.props : [];
  const start = header.reduce((at, prop) => at + ('source' in prop ? prop.source.length : 0), token.offset);
  return { start, end: start + token.source.length };
}

/** Index of the first one that does not start before the offset. */
function firstFrom(found: readonly Found[], offset: number): number {
  let [low, high] = [0, found.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((found[middle]?.start ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Quotes that are never closed end where the text ends. */
function assertClosed(text: string, token: CST.FlowScalar | CST.BlockScalar): void {
  CST.resolveAsScalar(token, true, (_offset, code) => {
    if (code === 'MISSING_CHAR') throw malformed(text, token.offset);
  });
}

const notHere = (): ReferenceFault => new ReferenceFault(0, 'stands in a tag, an anchor or a directive of YAML');

function* splicesOf(
  text: string,
  scalars: Iterable<MarkedScalar>,
  insertions: readonly Insertion[],
): Generator<Splice | Unfit, void> {
  const keys: FilledScalar[] = [];
  for (const scalar of scalars) {
    const filled = scalar.marks.map((mark) => ({ ...mark, insertion: insertionOf(text, mark, insertions) }));
    if (scalar.isKey) keys.push({ ...scalar, marks: filled });
    const splices = encodeScalar(scalar, filled);
    const place = scalar.marks.find((mark) => mark.place !== undefined)?.place;
    if (typeof splices !== 'string') yield* splices;
    else if (place !== undefined) yield { place, message: splices };
  }
  yield* keyClashes(keys);
}

function insertionOf(text: string, { start, end, place }: Mark, insertions: readonly Insertion[]): Insertion {
  const insertion = place === undefined ? undefined : insertions[place];
  // What an escape stands for is what follows its backslash.
  return insertion ?? { text: text.slice(start + 1, end) };
}
