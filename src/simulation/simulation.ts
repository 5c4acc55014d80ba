import type { Clock } from '../core/clock.ts';
import { RequestError } from '../core/errors/request-error.ts';
import type { HeldSource } from '../core/held/held-provider.ts';
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
import { CallLogger } from './call-logger.ts';
import { createDryRun } from './dry-run.ts';
import { rotateValue } from './fake/rotate-value.ts';
import { FaultInjector } from './faults/fault-injector.ts';
import { Faults } from './faults/faults.ts';
import type { RotateValue } from './faults/rotation.ts';
import { intercept } from './intercept.ts';
import { createMockProvider } from './mock/mock-provider.ts';
import { MockStore } from './mock/mock-store.ts';
import { SimulationLog } from './simulation-log.ts';
import { createSkewedClock } from './skewed-clock.ts';
import type { ToCallerPath } from './store-asker.ts';

export interface SimulationOptions {
  readonly mode: SimulationMode;
  readonly faults: FaultSettings;
  readonly clock: Clock;
  /** The file of the mock, where it has one. */
  readonly file?: HeldSource;
}

/** One source of a provider, as the configuration has it. */
export interface SimulatedSource {
  readonly name: string;
  /** With the copy of the store. */
  readonly label: string;
  readonly type: string;
  /** Makes the real provider. */
  readonly create: (clock: Clock) => SecretProvider;
}

/** Stands in for the stores, or between them and the pipeline, and can be changed while it runs. */
export class Simulation implements SimulationControl {
  readonly mode: SimulationMode;
  /** From native paths to those of callers, as the configuration has it now. */
  toPath: ToCallerPath = (native) => native;
  readonly #clock: Clock;
  readonly #faults: Faults;
  readonly #log: SimulationLog;
  readonly #mock: MockStore;
  /** Names of the instances, and of the copies of their stores. */
  readonly #names = new Set<string>();

  /** @throws ConfigurationError when the file cannot be used */
  constructor({ mode, faults, clock, file }: SimulationOptions) {
    this.mode = mode;
    this.#clock = clock;
    this.#faults = new Faults(clock, faults);
    this.#log = new SimulationLog(clock);
    this.#mock = new MockStore(clock, file);
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
    return intercept(this.#base(source), { interceptor, toPath: (native) => this.toPath(native) });
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

  close(): void {
    this.#mock.close();
  }

  #base({ name, label, type, create }: SimulatedSource): SecretProvider {
    const skewed = createSkewedClock(this.#clock, () => this.#faults.clockSkewMs(name, label));
    if (this.mode === 'mock')
      return createMockProvider({ name, type, mock: this.#mock, seed: () => this.#faults.settings.seed });
    return this.mode === 'dry-run' ? createDryRun(create(skewed), label) : create(skewed);
  }

  /** Values that are made up may become others; real ones have to go on working. */
  readonly #rotateValue: RotateValue = (value, path, n) =>
    this.mode === 'live' ? value : rotateValue(value, [this.#faults.settings.seed, path, n]);

  #mockOnly(): MockStore {
    if (this.mode === 'mock') return this.#mock;
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
