import type { CallerPolicy } from '../access/caller-policy.ts';
import type { AccessContext, Operation } from '../core/access-context.ts';
import type { Clock } from '../core/clock.ts';
import type { AccessRecorder } from './access-recorder.ts';
import type { Gate } from './gate.ts';
import type { Route } from './router.ts';

export interface CheckedAccessOptions {
  readonly clock: Clock;
  readonly gate: Gate;
  readonly recorder: AccessRecorder;
}

/** What is asked for, and by whom. */
export interface Asked {
  readonly operation: Operation;
  /** The secret's path as the caller wrote it, or the prefix of a list. */
  readonly path: string;
  /** Name of an instance, to override the mapping. */
  readonly provider?: string;
  readonly context: AccessContext;
}

/** Told which provider instance is asked, as soon as that is known. */
type OnRouted = (provider: string) => void;

/** The way of every access that is not a read of a value: policy, the work, and the record of how it went. */
export class CheckedAccess {
  readonly #options: CheckedAccessOptions;

  constructor(options: CheckedAccessOptions) {
    this.#options = options;
  }

  /** Work on one secret. */
  toSecret<T>(asked: Asked, work: (route: Route) => T | Promise<T>): Promise<T> {
    return this.#run(asked, async (routed) => {
      const { path, provider } = asked;
      const route = await this.#options.gate.pass(asked, { path, ...(provider !== undefined && { provider }) });
      routed(route[0].source.name);
      this.#options.recorder.assertReady();
      return work(route);
    });
  }

  /** Work on all that begins with a prefix: what of it the caller may see is for `work` to ask `rules`. */
  toPrefix<T>(asked: Asked, work: (rules: CallerPolicy, routed: OnRouted) => T | Promise<T>): Promise<T> {
    return this.#run(asked, (routed) => {
      const rules = this.#options.gate.passPrefix(asked, asked.path, asked.provider);
      this.#options.recorder.assertReady();
      return work(rules, routed);
    });
  }

  /** Work that leads to no store; the path may be empty. */
  aside<T>(asked: Omit<Asked, 'provider'>, work: () => T | Promise<T>): Promise<T> {
    return this.#run(asked, () => {
      this.#options.gate.passAside(asked, asked.path);
      this.#options.recorder.assertReady();
      return work();
    });
  }

  async #run<T>(asked: Asked, work: (routed: OnRouted) => T | Promise<T>): Promise<T> {
    const { clock, recorder } = this.#options;
    const access = { ...asked, startedMs: clock.monotonicMs() };
    let provider: string | undefined;
    try {
      const answer = await work((name) => (provider = name));
      recorder.succeeded(access, { provider: provider ?? 'none', cached: false });
      return answer;
    } catch (error) {
      recorder.failed(access, error, provider);
      throw error;
    }
  }
}
