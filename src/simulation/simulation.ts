import type { Clock } from '../core/clock.ts';
import { RequestError } from '../core/errors/request-error.ts';
import { isPathPattern } from '../core/path-pattern.ts';
import type { SecretProvider } from '../core/provider.ts';
import { faultProblem, type RawFault } from '../core/fault.ts';
import type {
  FaultSettings,
  LogFilter,
  LoggedAccess,
  MockChange,
  MockMove,
  MockVersion,
  SimulationControl,
  SimulationLogEntry,
  SimulationMode,
} from '../core/simulation-control.ts';
import type { Backing, SimulatedSource } from './backing.ts';
import { CallLogger } from './call-logger.ts';
import { rotateValue } from './fake/rotate-value.ts';
import { FaultInjector } from './faults/fault-injector.ts';
import { Faults } from './faults/faults.ts';
import type { RotateValue } from './faults/rotation.ts';
import { intercept } from './intercept.ts';
import type { MockStore } from './mock/mock-store.ts';
import { SimulationLog } from './simulation-log.ts';
import { createSkewedClock } from './skewed-clock.ts';
import type { ToCallerPath } from './store-asker.ts';

export interface SimulationOptions {
  readonly mode: SimulationMode;
  readonly faults: FaultSettings;
  readonly backing: Backing;
  readonly clock: Clock;
}

/** Stands in for the stores, or between them and the pipeline, and can be changed while it runs. */
export class Simulation implements SimulationControl {
  readonly mode: SimulationMode;
  /** From native paths to those of callers, as the configuration has it now. */
  toPath: ToCallerPath = (native) => native;
  readonly #clock: Clock;
  readonly #faults: Faults;
  readonly #log: SimulationLog;
  readonly #backing: Backing;
  /** Names of the instances, and of the copies of their stores. */
  readonly #names = new Set<string>();

  constructor({ mode, faults, clock, backing }: SimulationOptions) {
    this.mode = mode;
    this.#clock = clock;
    this.#faults = new Faults(clock, faults);
    this.#log = new SimulationLog(clock);
    this.#backing = backing;
  }

  /** What the pipeline asks instead of the provider. */
  provide(source: SimulatedSource): SecretProvider {
    const { name, label } = source;
    this.#names.add(name).add(label);
    const injector = {
      provider: name,
      label,
      faults: this.#faults,
      clock: this.#clock,
      rotateValue: this.#rotateValue,
    };
    const interceptor = new CallLogger(
      { label, clock: this.#clock, log: this.#log },
      (onPlan) => new FaultInjector({ ...injector, onPlan }),
    );
    const skewed = createSkewedClock(this.#clock, () => this.#faults.clockSkewMs(name, label));
    return intercept(this.#backing.provide(source, skewed), { interceptor, toPath: (native) => this.toPath(native) });
  }

  get faults(): FaultSettings {
    return this.#faults.settings;
  }

  setFaults(settings: FaultSettings): void {
    for (const [index, fault] of settings.faults.entries()) {
      const problem = this.#problemOf(fault);
      if (problem !== undefined)
        throw new RequestError('InvalidBody', `'faults[${index}].${problem.key}' ${problem.message}`);
    }
    this.#faults.set(settings);
  }

  /** Takes an access that has ended into the log; what is done to the simulation itself is left out. */
  accessed(access: Omit<LoggedAccess, 'kind' | 'n' | 'at'>): void {
    if (access.operation !== 'simulate') this.#log.add({ kind: 'access', ...access });
  }

  log(filter: LogFilter): readonly SimulationLogEntry[] {
    return this.#log.find(filter);
  }

  clearLog(): void {
    this.#log.clear();
  }

  putSecret(path: string, change: MockVersion | MockMove): Promise<MockChange> {
    return this.#mockOnly().put(path, change);
  }

  deleteSecret(path: string): Promise<void> {
    return this.#mockOnly().delete(path);
  }

  /** What was not as it should have been until now, in words. */
  complaints(): readonly string[] {
    return this.#backing.complaints?.() ?? [];
  }

  async close(): Promise<void> {
    await this.#backing.close?.();
  }

  /** Values that are made up may become others; real ones have to go on working. */
  readonly #rotateValue: RotateValue = (value, path, n) =>
    this.#backing.hasRealValues ? value : rotateValue(value, [this.#faults.settings.seed, path, n]);

  #mockOnly(): MockStore {
    const { mock } = this.#backing;
    if (mock !== undefined) return mock;
    throw new RequestError('RouteNotFound', "the secrets of the simulation can be changed in the mode 'mock' only");
  }

  #problemOf(fault: RawFault): ReturnType<typeof faultProblem> {
    const { provider, path } = fault;
    if (provider !== undefined && !this.#names.has(provider))
      return { key: 'provider', message: 'names no provider of the configuration' };
    if (path !== undefined && !isPathPattern(path)) return { key: 'path', message: 'is no path pattern' };
    return faultProblem(fault);
  }
}
