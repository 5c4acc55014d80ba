import type { Clock } from '../../core/clock.ts';
import { type Fault, type FaultOperation, toFault } from '../../core/fault.ts';
import type { FaultSettings } from '../../core/simulation-control.ts';
import { drawDelay } from './delay.ts';
import { Dice, type Draw } from './draw.ts';
import type { FaultPlan } from './fault-plan.ts';
import { scenarios } from './scenarios.ts';

/** What faults are chosen by. */
export interface FaultSubject {
  /** Name of the instance. */
  readonly provider: string;
  /** With the copy of its store. */
  readonly label: string;
  readonly operation: FaultOperation;
  /** As callers write it; empty for what is about no secret. */
  readonly path: string;
}

/** The faults that are on, and when they were set: windows and rotations count from then. */
export class Faults {
  readonly #clock: Clock;
  #settings: FaultSettings;
  #faults: readonly Fault[];
  #dice: Dice;
  #sinceMs: number;

  constructor(clock: Clock, settings: FaultSettings) {
    this.#clock = clock;
    this.#settings = settings;
    this.#faults = toFaults(settings);
    this.#dice = new Dice(settings.seed);
    this.#sinceMs = clock.monotonicMs();
  }

  get settings(): FaultSettings {
    return this.#settings;
  }

  set(settings: FaultSettings): void {
    this.#faults = toFaults(settings);
    this.#settings = settings;
    this.#dice = new Dice(settings.seed);
    this.#sinceMs = this.#clock.monotonicMs();
  }

  /** What happens to the next such question. */
  plan(subject: FaultSubject): FaultPlan {
    const sinceMs = this.#clock.monotonicMs() - this.#sinceMs;
    const { label, operation, path } = subject;
    let plan = none;
    for (const [index, fault] of this.#faults.entries()) {
      if (!concerns(fault, subject)) continue;
      plan = combine(plan, toPlan(fault, this.#dice.throw([String(index), label, operation, path]), sinceMs));
    }
    return plan;
  }

  /** How far the clock of a provider's store is ahead. */
  clockSkewMs(provider: string, label: string): number {
    const about = this.#faults.filter((fault) => isOf(fault, { provider, label }) && fault.path === undefined);
    return about.reduce((sum, { clockSkewMs }) => sum + clockSkewMs, 0);
  }
}

const toFaults = ({ scenario, faults }: FaultSettings): readonly Fault[] =>
  [...(scenario === undefined ? [] : scenarios[scenario].faults), ...faults].map(toFault);

const isOf = (fault: Fault, { provider, label }: Pick<FaultSubject, 'provider' | 'label'>): boolean =>
  fault.provider === undefined || fault.provider === provider || fault.provider === label;

function concerns(fault: Fault, subject: FaultSubject): boolean {
  const { path, operation } = fault;
  return (
    isOf(fault, subject) &&
    (operation === undefined || operation === subject.operation) &&
    (path === undefined || path.matches(subject.path))
  );
}

/** Takes the same number of draws each time, so that a fault's errors do not move when its latency is changed. */
function toPlan(fault: Fault, draw: Draw, sinceMs: number): FaultPlan {
  const { latency, slowBody, code, retryAfterMs, errorRate, outage, rotateEveryMs } = fault;
  const [isError, isReset, isStale] = [draw() < errorRate, draw() < fault.resetRate, draw() < fault.staleRate];
  const isOutage = outage !== undefined && sinceMs % outage.everyMs >= outage.everyMs - outage.forMs;
  const failure = { code, isOutage, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  return {
    latencyMs: latency === undefined ? 0 : drawDelay(latency, draw),
    slowBodyMs: slowBody === undefined ? 0 : drawDelay(slowBody, draw),
    ...((isError || isOutage) && { failure }),
    isReset,
    isStale,
    rotations: rotateEveryMs === undefined ? 0 : Math.floor(sinceMs / rotateEveryMs),
    clockSkewMs: fault.clockSkewMs,
  };
}

const none: FaultPlan = {
  latencyMs: 0,
  slowBodyMs: 0,
  isReset: false,
  isStale: false,
  rotations: 0,
  clockSkewMs: 0,
};

/** Both happen; of two failures the first. */
function combine(one: FaultPlan, other: FaultPlan): FaultPlan {
  const failure = one.failure ?? other.failure;
  return {
    latencyMs: one.latencyMs + other.latencyMs,
    slowBodyMs: one.slowBodyMs + other.slowBodyMs,
    ...(failure !== undefined && { failure }),
    isReset: one.isReset || other.isReset,
    isStale: one.isStale || other.isStale,
    rotations: one.rotations + other.rotations,
    clockSkewMs: one.clockSkewMs + other.clockSkewMs,
  };
}
