import type { Operation } from './access-context.ts';
import type { SecretValue } from './secret.ts';
import type { FaultOperation, RawFault } from './fault.ts';

/** Where the answers of the stores come from: `live` is the real stores, as they are. */
export const simulationModes = ['live', 'mock', 'record', 'replay', 'dry-run'] as const;

export type SimulationMode = (typeof simulationModes)[number];

export const scenarioNames = ['brownout', 'regional-outage', 'rotation-storm', 'throttled'] as const;

export type ScenarioName = (typeof scenarioNames)[number];

/** The faults that are on: those of a scenario, and others. */
export interface FaultSettings {
  readonly seed: number;
  readonly scenario?: ScenarioName;
  readonly faults: readonly RawFault[];
}

/** One access by a caller, as the audit has it. */
export interface LoggedAccess {
  readonly kind: 'access';
  /** Counts up from 1, over both kinds. */
  readonly n: number;
  readonly at: Date;
  readonly operation: Operation;
  /** As the caller wrote it; the prefix of a list. */
  readonly path: string;
  readonly caller: string;
  readonly provider?: string;
  readonly version?: string;
  readonly cached: boolean;
  /** Of the error; absent on success. */
  readonly code?: string;
}

/** One call to a store, or what would have been one. */
export interface LoggedCall {
  readonly kind: 'call';
  readonly n: number;
  readonly at: Date;
  readonly operation: FaultOperation | 'renew' | 'return';
  /** As callers write it, where it is about one secret; the prefix of a list. */
  readonly path: string;
  /** Name of the instance, with the copy of its store where it has several. */
  readonly provider: string;
  /** The secret's name in the store, or the prefix there. */
  readonly id: string;
  readonly durationMs: number;
  /** What the simulation did to it. */
  readonly faults: readonly string[];
  readonly code?: string;
}

export type SimulationLogEntry = LoggedAccess | LoggedCall;

/** Which entries of the log are wanted; all when empty. */
export interface LogFilter {
  readonly kind?: SimulationLogEntry['kind'];
  readonly operation?: string;
  /** Pattern of paths. */
  readonly path?: string;
  readonly provider?: string;
  /** Entries after this `n`. */
  readonly after?: number;
  /** The last of them. */
  readonly limit: number;
}

/** A new version of a secret of the mock, with the stages that it gets. */
export interface MockVersion {
  readonly value: SecretValue;
  readonly stages: readonly string[];
}

/** Stages that a version gets from those that have them. */
export interface MockMove {
  readonly version: string;
  readonly stages: readonly string[];
}

/** Which version of the mock was changed. */
export interface MockChange {
  readonly version: string;
  readonly stages: readonly string[];
}

/** What can be told to a simulation while it runs. */
export interface SimulationControl {
  readonly mode: SimulationMode;
  readonly faults: FaultSettings;
  /** Replaces the faults; windows and rotations count from now. @throws RequestError `InvalidBody` */
  setFaults(settings: FaultSettings): void;
  /** The last entries that the filter lets through, oldest first. */
  log(filter: LogFilter): readonly SimulationLogEntry[];
  clearLog(): void;
  /**
   * A new version, or other stages. @throws RequestError `RouteNotFound` outside of mock mode, `InvalidPath`,
   * `InvalidBody`; SecretNotFoundError
   */
  putSecret(path: string, change: MockVersion | MockMove): Promise<MockChange>;
  /** @throws RequestError as above; SecretNotFoundError */
  deleteSecret(path: string): Promise<void>;
}
