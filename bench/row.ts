/** Best and median of several rounds. */
export interface Spread {
  readonly best: number;
  readonly median: number;
}

/** One server under load: medians of its rounds. */
export interface ServerFigures {
  /** Flat out. */
  readonly perSecond: number;
  /** CPU time of one request flat out; absent where there is no /proc. */
  readonly cpuMicros?: number;
  /** Share of the time that the server was at work; below 0.9 something else ran on its core, or the load was too little. */
  readonly busy?: number;
  /** At a fixed rate, from when a request was due. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
}

/** A row that is measured against the bare server. Ratios above 1 are better than bare. */
export interface RatioRow {
  readonly kind: 'ratio';
  readonly name: string;
  readonly budget: string;
  /** How many rounds count: those in which a server did not have its core to itself are left out. */
  readonly rounds: number;
  readonly throughput: Spread;
  readonly cpu?: Spread;
  /** Of an older build, measured in the same rounds. */
  readonly cpuBefore?: Spread;
  readonly keyfob: ServerFigures;
  readonly before?: ServerFigures;
  readonly bare: ServerFigures;
}

/** A row that stands by itself. */
export interface FigureRow {
  readonly kind: 'figure';
  readonly name: string;
  readonly budget: string;
  /** For people. */
  readonly figure: string;
  /** For machines; the unit is in the name. */
  readonly values: Readonly<Record<string, number>>;
}

/** A row that could not be measured. */
export interface FailedRow {
  readonly kind: 'failed';
  readonly name: string;
  readonly reason: string;
}

export type Row = RatioRow | FigureRow | FailedRow;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] = sorted.length % 2 === 1 ? [sorted[middle], sorted[middle]] : sorted.slice(middle - 1);
  return (low + high) / 2;
}

export const spreadOf = (values: readonly number[]): Spread => ({ best: Math.max(...values), median: median(values) });
