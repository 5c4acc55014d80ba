import type { Random } from './random.ts';

// Characters that mean something in a URL, in a path, or to what parses them.
const PIECES = [
  '%',
  '%2',
  '%2F',
  '%00',
  '%25',
  '%e2%82%ac',
  '%ff',
  '/',
  '//',
  '/..',
  '?',
  '&',
  '=',
  '#',
  '+',
  ';',
  '.',
  '-',
  '0',
  '{',
  '}',
  '[]',
  '"',
  '\\',
  '|',
  '*',
  ':',
  '@',
];

/** Changes a request target so that it stays one word of visible characters: correct HTTP that asks for odd things. */
export function bend(target: string, random: Random): string {
  let bent = target;
  for (let count = random.int(1, 3); count > 0; count -= 1) {
    const from = random.int(1, bent.length);
    const removed = random.pick([0, 0, 1, random.int(0, 5)]);
    bent = bent.slice(0, from) + random.pick(PIECES) + bent.slice(from + removed);
  }
  return bent;
}
