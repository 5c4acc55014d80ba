import type { CallerPolicy } from '../access/caller-policy.ts';
import type { AccessContext, Operation } from '../core/access-context.ts';
import type { Clock } from '../core/clock.ts';
import type { Span, TraceContext, Tracer } from '../core/tracer.ts';
import type { AccessRecorder } from './access-recorder.ts';
import { startAccessSpan, within } from './access-span.ts';
import type { Gate } from './gate.ts';
import type { Route } from './router.ts';

export interface CheckedAccessOptions {
  readonly clock: Clock;
  readonly gate: Gate;
  readonly recorder: AccessRecorder;
  readonly tracer?: Tracer;
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

/** An access that is under way. */
export interface Running {
  /** Told which provider instance is asked, as soon as that is known. */
  readonly routed: (provider: string) => void;
  readonly span: Span | undefined;
}

/** The way of every access that is not a read of a value: policy, the work, and the record of how it went. */
export class CheckedAccess {
  readonly #options: CheckedAccessOptions;

  constructor(options: CheckedAccessOptions) {
    this.#options = options;
  }

  /** Work on one secret. */
  toSecret<T>(asked: Asked, work: (route: Route, trace?: TraceContext) => T | Promise<T>): Promise<T> {
    return this.#run(asked, async ({ routed, span }) => {
      const { path, provider } = asked;
      const route = await this.#options.gate.pass(asked, { path, ...(provider !== undefined && { provider }) });
      routed(route[0].source.name);
      this.#options.recorder.assertReady();
      return work(route, span?.context);
    });
  }

  /** Work on all that begins with a prefix: what of it the caller may see is for `work` to ask `rules`. */
  toPrefix<T>(asked: Asked, work: (rules: CallerPolicy, running: Running) => T | Promise<T>): Promise<T> {
    return this.#run(asked, (running) => {
      const rules = this.#options.gate.passPrefix(asked, asked.path, asked.provider);
      this.#options.recorder.assertReady();
      return work(rules, running);
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

  async #run<T>(asked: Asked, work: (running: Running) => T | Promise<T>): Promise<T> {
    const { clock, recorder, tracer } = this.#options;
    const span = startAccessSpan(tracer, asked);
    const access = { ...asked, context: within(span, asked.context), startedMs: clock.monotonicMs(), span };
    let provider: string | undefined;
    try {
      const answer = await work({ routed: (name) => void (provider = name), span });
      recorder.succeeded(access, { provider: provider ?? 'none', cached: false });
      return answer;
    } catch (error) {
      recorder.failed(access, error, provider);
      throw error;
    }
  }
}
