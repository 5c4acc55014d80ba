import { nearestKey } from '../../core/nearest-key.ts';
import { type Part, percentDecode } from './part.ts';
import type { Filter } from './reference.ts';
import { ReferenceFault } from './reference-fault.ts';

// More of them are no use, and take time that grows with each.
const MAX_FILTERS = 8;
const NAMES = ['url', 'base64', 'json', 'shell', 'default'] as const;

/** @throws ReferenceFault */
export function parseFilters(parts: readonly Part[]): readonly Filter[] {
  const surplus = parts[MAX_FILTERS];
  if (surplus !== undefined) throw new ReferenceFault(surplus.start - 1, `has more than ${MAX_FILTERS} filters`);
  const filters = parts.map(parseFilter);
  const second = filters.findIndex(
    ({ name }, index) => name === 'default' && filters.findIndex((filter) => filter.name === name) < index,
  );
  if (second !== -1) throw new ReferenceFault(parts[second]?.start ?? 0, 'has two defaults');
  return filters;
}

function parseFilter({ text, start }: Part): Filter {
  const colon = text.indexOf(':');
  const written = colon === -1 ? text : text.slice(0, colon);
  const name = NAMES.find((known) => known === written);
  if (name === undefined) throw unknownFilter(written, start);
  if (name === 'default') {
    if (colon === -1) throw new ReferenceFault(start, "has a default without its text; write '|default:text'");
    return { name, text: percentDecode({ text: text.slice(colon + 1), start: start + colon + 1 }) };
  }
  if (colon !== -1) throw new ReferenceFault(start + colon, `gives an argument to '${name}', which takes none`);
  return { name };
}

function unknownFilter(written: string, start: number): ReferenceFault {
  if (written === '') return new ReferenceFault(start, "has no filter after '|'; '|' itself is '%7c'");
  const near = nearestKey(written.trim(), NAMES);
  const hint = near === undefined ? "; '|' itself is '%7c'" : `; did you mean '${near}'?`;
  return new ReferenceFault(start, `has an unknown filter${hint}`);
}
