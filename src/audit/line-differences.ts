/** A line of the file, by its place there and its check. */
export interface FoundLine {
  /** From 1. */
  readonly number: number;
  readonly check: number;
}

// Beyond this the comparison takes too long, and the place is told as a whole.
const MAX_STEPS = 4_000_000;

/**
 * What happened to the lines of a block, one phrase each, by the checks that were recorded of them.
 * @param next the number of the line after the block, which is its record
 */
export function lineDifferences(recorded: Uint32Array, found: readonly FoundLine[], next: number): readonly string[] {
  let start = 0;
  while (start < recorded.length && recorded[start] === found[start]?.check) start += 1;
  let [lost, odd] = [[...recorded.subarray(start)], found.slice(start)];
  while (lost.length > 0 && odd.length > 0 && lost.at(-1) === odd.at(-1)?.check) {
    lost = lost.slice(0, -1);
    odd = odd.slice(0, -1);
  }
  const after = found[start + odd.length]?.number ?? next;
  if (lost.length * odd.length > MAX_STEPS)
    return [`lines ${odd[0]?.number} to ${odd.at(-1)?.number} are not the ones that were written`];
  return describe(compare(lost, odd, after));
}

/** Between two lines that are as they were: what was there, and what is there now. */
interface Gap {
  readonly lost: number[];
  readonly odd: FoundLine[];
  /** The line after the gap. */
  readonly before: number;
}

/** The longest common sequence of lines, and the gaps between its members. */
function compare(lost: readonly number[], odd: readonly FoundLine[], after: number): readonly Gap[] {
  const lengths = commonLengths(lost, odd);
  const gaps: Gap[] = [];
  let gap: Omit<Gap, 'before'> = { lost: [], odd: [] };
  const close = (before: number): void => {
    if (gap.lost.length + gap.odd.length > 0) gaps.push({ ...gap, before });
    gap = { lost: [], odd: [] };
  };
  let [left, right] = [0, 0];
  while (left < lost.length || right < odd.length) {
    const [check, line] = [lost[left], odd[right]];
    if (check !== undefined && line !== undefined && check === line.check) {
      close(line.number);
      left += 1;
      right += 1;
    } else if (
      line === undefined ||
      (check !== undefined && at(lengths, left + 1, right) >= at(lengths, left, right + 1))
    ) {
      if (check !== undefined) gap.lost.push(check);
      left += 1;
    } else {
      gap.odd.push(line);
      right += 1;
    }
  }
  close(after);
  return gaps;
}

type Lengths = readonly Uint32Array[];

const at = (lengths: Lengths, left: number, right: number): number => lengths[left]?.[right] ?? 0;

/** How long the longest common sequence is from each pair of places on. */
function commonLengths(lost: readonly number[], odd: readonly FoundLine[]): Lengths {
  const lengths = Array.from({ length: lost.length + 1 }, () => new Uint32Array(odd.length + 1));
  for (let left = lost.length - 1; left >= 0; left -= 1) {
    for (let right = odd.length - 1; right >= 0; right -= 1) {
      const row = lengths[left];
      if (row === undefined) continue;
      row[right] =
        lost[left] === odd[right]?.check
          ? at(lengths, left + 1, right + 1) + 1
          : Math.max(at(lengths, left + 1, right), at(lengths, left, right + 1));
    }
  }
  return lengths;
}

function describe(gaps: readonly Gap[]): readonly string[] {
  const wanted = gaps.flatMap(({ lost }) => lost);
  const isMoved = ({ check }: FoundLine): boolean => wanted.includes(check);
  const moved = new Set(gaps.flatMap(({ odd }) => odd.filter(isMoved).map(({ check }) => check)));
  return gaps.flatMap(({ lost, odd, before }) => {
    const gone = lost.filter((check) => !moved.has(check)).length;
    const strange = odd.filter((line) => !isMoved(line));
    const changed = Math.min(gone, strange.length);
    return [
      ...odd.filter(isMoved).map(({ number }) => `line ${number} is not in its place`),
      ...strange.slice(0, changed).map(({ number }) => `line ${number} was changed`),
      ...strange.slice(changed).map(({ number }) => `line ${number} was added`),
      ...(gone > changed ? [`${plural(gone - changed, 'line was', 'lines were')} removed before line ${before}`] : []),
    ];
  });
}

const plural = (count: number, one: string, several: string): string => `${count} ${count === 1 ? one : several}`;
