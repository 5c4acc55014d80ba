import type { RawFault } from '../core/fault.ts';
import type { LogFilter, ScenarioName, SimulationLogEntry } from '../core/simulation-control.ts';

/** Text, bytes, or what is served as a JSON document. */
export type TestSecret = string | Uint8Array | { readonly [member: string]: unknown } | readonly unknown[];

/** The faults that are to be on, and no others. */
export interface TestFaults {
  readonly scenario?: ScenarioName;
  readonly faults?: readonly RawFault[];
  /** The same as before when left out. */
  readonly seed?: number;
}

export interface TestKeyfobOptions extends TestFaults {
  /** By path. */
  readonly secrets?: Readonly<Record<string, TestSecret>>;
  /**
   * More of the configuration, as its file would have it; its keys replace those of the test, which listens on a free
   * port, has one provider named `mock`, writes no audit and logs nothing.
   */
  readonly config?: Readonly<Record<string, unknown>>;
}

export type TestLogFilter = Partial<LogFilter>;

/** A daemon with a mock for its store. */
export interface TestKeyfob extends AsyncDisposable {
  /** Of the API, such as `http://127.0.0.1:49152`. */
  readonly url: string;
  /**
   * Gives a secret a new version, which readers see at once.
   * @param stages `current` when left out
   * @returns the id of the version
   */
  put(path: string, secret: TestSecret, stages?: readonly string[]): Promise<string>;
  /** Puts stages on a version that is there; the one that was current becomes previous. */
  moveStages(path: string, version: string, stages: readonly string[]): Promise<void>;
  delete(path: string): Promise<void>;
  /** Replaces the faults that are on; `{}` ends them. */
  setFaults(faults: TestFaults): Promise<void>;
  /** What was asked for and what was asked of the store, oldest first; the last 10,000 unless `limit` says fewer. */
  log(filter?: TestLogFilter): Promise<readonly SimulationLogEntry[]>;
  clearLog(): Promise<void>;
  /** Ends it. May be called twice. */
  stop(): Promise<void>;
}
