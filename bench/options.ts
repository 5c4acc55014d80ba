import { parseArgs } from 'node:util';

/** How much is measured. */
export interface BenchOptions {
  /** Rounds of each row; each round loads both servers. */
  readonly rounds: number;
  /** Seconds of load on one server in one round. */
  readonly seconds: number;
  /** Few and short rounds: says that everything can be measured, not how fast it is. */
  readonly isQuick: boolean;
  /** Starts of the daemon. */
  readonly starts: number;
  /** Requests between the two looks at the memory. */
  readonly memoryRequests: number;
}

/** @throws TypeError for an option that is unknown or not a positive number. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: { type: 'string' }, seconds: { type: 'string' }, quick: { type: 'boolean', default: false } },
  });
  const isQuick = values.quick;
  return {
    rounds: Math.ceil(parsePositive('rounds', values.rounds ?? (isQuick ? '3' : '15'))),
    seconds: parsePositive('seconds', values.seconds ?? (isQuick ? '0.3' : '0.5')),
    isQuick,
    starts: isQuick ? 3 : 7,
    memoryRequests: isQuick ? 20_000 : 1_000_000,
  };
}

function parsePositive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new TypeError(`'--${name}' must be a positive number`);
  return value;
}
