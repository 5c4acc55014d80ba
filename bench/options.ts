import { parseArgs } from 'node:util';

/** How much is measured. */
export interface BenchOptions {
  /** Rounds of each row; each round loads every server. */
  readonly rounds: number;
  /** Seconds of load on one server in one round. */
  readonly seconds: number;
  /** Before the rounds, and how long they may take: enough for the compiler to be done with the hot path. */
  readonly warmUp: { readonly count: number; readonly durationMs: number };
  /** Few and short rounds: says that everything can be measured, not how fast it is. */
  readonly isQuick: boolean;
  /** Starts of the daemon. */
  readonly starts: number;
  /** Requests between the two looks at the memory. */
  readonly memoryRequests: number;
  /** Rows whose names match. */
  readonly only: RegExp;
  /** A bundle that was built before, measured beside the present one. */
  readonly before?: string;
}

/** @throws TypeError for an option that is unknown or not a positive number. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      before: { type: 'string' },
    },
  });
  const isQuick = values.quick;
  return {
    rounds: Math.ceil(parsePositive('rounds', values.rounds ?? (isQuick ? '1' : '11'))),
    seconds: parsePositive('seconds', values.seconds ?? (isQuick ? '0.2' : '0.5')),
    warmUp: isQuick ? { count: 2_000, durationMs: 150 } : { count: 50_000, durationMs: 5_000 },
    isQuick,
    starts: isQuick ? 3 : 9,
    memoryRequests: isQuick ? 20_000 : 1_000_000,
    only: new RegExp(values.only, 'i'),
    ...(values.before !== undefined && { before: values.before }),
  };
}

function parsePositive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new TypeError(`'--${name}' must be a positive number`);
  return value;
}
