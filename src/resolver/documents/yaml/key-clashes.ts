import { CST } from 'yaml';
import type { Unfit } from '../template.ts';
import { contentOf, type Filled, type MarkedScalar } from './scalar.ts';

/** A scalar with the values that go into it. */
export interface FilledScalar extends MarkedScalar {
  readonly marks: readonly Filled[];
}

/** Keys that a value makes equal to another of the same mapping, which YAML does not allow. */
export function* keyClashes(keys: readonly FilledScalar[]): Generator<Unfit, void> {
  const filled = new Map<CST.Token, FilledScalar>(keys.map((key) => [key.token, key]));
  for (const mapping of new Set(keys.map(({ parent }) => parent))) {
    const seen = new Map<string, FilledScalar | undefined>();
    for (const token of keysOf(mapping)) {
      const key = filled.get(token);
      const content = key === undefined ? plainContent(token) : contentOf(key, key.marks);
      const place = placeIn(key) ?? placeIn(seen.get(content));
      if (seen.has(content) && place !== undefined)
        yield { place, message: 'the value makes a key that the mapping has already' };
      seen.set(content, key);
    }
  }
}

/** Those that are scalars; each pair in a list is a mapping of its own. */
function keysOf(mapping: CST.Token | undefined): readonly (CST.FlowScalar | CST.BlockScalar)[] {
  if (mapping?.type !== 'block-map' && mapping?.type !== 'flow-collection') return [];
  if (mapping.type === 'flow-collection' && mapping.start.type !== 'flow-map-start') return [];
  return mapping.items.flatMap(({ key }) => (CST.isScalar(key) ? [key] : []));
}

const plainContent = (token: CST.FlowScalar | CST.BlockScalar): string =>
  CST.resolveAsScalar(token, false, () => undefined).value;

const placeIn = (key: FilledScalar | undefined): number | undefined =>
  key?.marks.find(({ place }) => place !== undefined)?.place;
