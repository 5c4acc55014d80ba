import { type Selector, toSelector } from '../../core/selector.ts';
import type { Part } from './part.ts';
import { ReferenceFault } from './reference-fault.ts';

/** What is a stage without saying so: ours, and the stores' own names for these. Any other name is a version id. */
const STAGES: ReadonlySet<string> = new Set([
  'current',
  'previous',
  'pending',
  'latest',
  'AWSCURRENT',
  'AWSPREVIOUS',
  'AWSPENDING',
]);

// For labels that somebody has made up in a store: nothing else tells them from version ids.
const STAGE_MARK = 'stage:';

/** What stands after `@`. @throws ReferenceFault */
export function parseSelector(part: Part): Selector {
  const name = part.decode('version');
  if (!part.text.startsWith(STAGE_MARK))
    return STAGES.has(name) ? toSelector(undefined, name) : toSelector(name, undefined);
  if (name === STAGE_MARK) throw new ReferenceFault(part.start + STAGE_MARK.length, "has no stage after 'stage:'");
  return toSelector(undefined, name.slice(STAGE_MARK.length));
}
