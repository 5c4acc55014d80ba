const MAX_LENGTH = 40;

/** The valid key that was most likely meant; undefined when none is near. Case, `_` and `-` do not count. */
export function nearestKey(key: string, validKeys: readonly string[]): string | undefined {
  if (key.length > MAX_LENGTH) return undefined;
  let nearest: string | undefined;
  let nearestDistance = Math.max(1, Math.floor(key.length / 3)) + 1;
  for (const candidate of validKeys) {
    const distance = editDistance(plain(key), plain(candidate));
    if (distance < nearestDistance) {
      nearest = candidate;
      nearestDistance = distance;
    }
  }
  return nearest;
}

const plain = (key: string): string => key.toLowerCase().replace(/[_-]/g, '');

/** Insertions, deletions, replacements and swaps of neighbours (Damerau-Levenshtein, optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforePrevious: readonly number[] = [];
  let previous: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = at(previous, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const swapped =
        a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1] ? at(beforePrevious, column - 2) + 1 : Infinity;
      line.push(Math.min(replaced, swapped, at(previous, column) + 1, at(line, column - 1) + 1));
    }
    beforePrevious = previous;
    previous = line;
  }
  return at(previous, b.length);
}

const at = (line: readonly number[], column: number): number => line[column] ?? Infinity;
