import { Histogram } from 'prom-client';

type Label = 'provider' | 'operation';
type Labels = Readonly<Record<Label, string>>;

/** One row of the exposition. */
interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly sharedLabels: Labels;
  readonly value: number;
  readonly metricName: string;
}

export interface DurationHistogramOptions {
  readonly name: string;
  readonly help: string;
  /** Upper bounds in seconds, ascending. */
  readonly buckets: readonly number[];
}

/** Durations of one operation on one instance. */
export class Durations {
  readonly #bounds: readonly number[];
  readonly #counts: Float64Array;
  sum = 0;
  count = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length);
  }

  observe(seconds: number): void {
    this.sum += seconds;
    this.count++;
    for (let at = 0; at < this.#bounds.length; at++) {
      if (seconds > (this.#bounds[at] ?? Infinity)) continue;
      this.#counts[at] = (this.#counts[at] ?? 0) + 1;
      return;
    }
  }

  /** Each bound with how many were not above it. */
  cumulated(): readonly (readonly [bound: number, count: number])[] {
    let sum = 0;
    return this.#bounds.map((bound, at) => [bound, (sum += this.#counts[at] ?? 0)]);
  }
}

/**
 * A histogram whose children are looked up once. The library's makes a hash of the labels with each observation, which
 * costs a cached read more than its answer from the cache.
 */
export class DurationHistogram extends Histogram<Label> {
  readonly #options: DurationHistogramOptions;
  readonly #children: { readonly labels: Labels; readonly durations: Durations }[] = [];

  constructor(options: DurationHistogramOptions) {
    const { name, help, buckets } = options;
    super({ name, help, buckets: [...buckets], labelNames: ['provider', 'operation'], registers: [] });
    this.#options = options;
  }

  /** To be asked for once for each pair of labels. */
  child(labels: Labels): Durations {
    const durations = new Durations(this.#options.buckets);
    this.#children.push({ labels, durations });
    return durations;
  }

  /** What the library's registry and its `get` ask for. */
  getForPromString(): Promise<{ name: string; help: string; type: string; aggregator: string; values: Sample[] }> {
    const { name, help } = this.#options;
    const values = this.#children.flatMap(({ labels, durations }) => samplesOf(name, labels, durations));
    return Promise.resolve({ name, help, type: 'histogram', aggregator: 'sum', values });
  }
}

function samplesOf(name: string, sharedLabels: Labels, durations: Durations): Sample[] {
  const bucket = (le: number | string, value: number): Sample => ({
    labels: { le },
    sharedLabels,
    value,
    metricName: `${name}_bucket`,
  });
  return [
    ...durations.cumulated().map(([bound, count]) => bucket(bound, count)),
    bucket('+Inf', durations.count),
    { labels: {}, sharedLabels, value: durations.sum, metricName: `${name}_sum` },
    { labels: {}, sharedLabels, value: durations.count, metricName: `${name}_count` },
  ];
}
