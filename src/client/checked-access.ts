import type { Policy } from '../access/policy.ts';
import type { AccessContext, Operation } from '../core/access-context.ts';
import type { Clock } from '../core/clock.ts';
import type { AccessRecorder } from './access-recorder.ts';

export interface CheckedAccessOptions {
  readonly clock: Clock;
  readonly policy: Policy;
  readonly recorder: AccessRecorder;
}

/** What is asked for, and by whom. */
export interface Asked {
  readonly operation: Operation;
  /** The secret's path as the caller wrote it, or the prefix of a list. */
  readonly path: string;
  readonly context: AccessContext;
}

/** The way of every access that is not a read of a value: policy, the work, and the record of how it went. */
export class CheckedAccess {
  readonly #options: CheckedAccessOptions;

  constructor(options: CheckedAccessOptions) {
    this.#options = options;
  }

  /** Whether the policy allows it. Not an access: nothing is recorded. */
  isAllowed({ context, operation }: Asked): boolean {
    try {
      this.#options.policy.assertAllowed(context, operation);
      return true;
    } catch {
      return false;
    }
  }

  /** @param work tells `routed` which provider instance it asks, as soon as it knows. */
  async run<T>(asked: Asked, work: (routed: (provider: string) => void) => T | Promise<T>): Promise<T> {
    const { clock, policy, recorder } = this.#options;
    const access = { ...asked, startedMs: clock.monotonicMs() };
    let provider: string | undefined;
    try {
      policy.assertAllowed(asked.context, asked.operation);
      recorder.assertReady();
      const answer = await work((name) => (provider = name));
      recorder.succeeded(access, { provider: provider ?? 'none', cached: false });
      return answer;
    } catch (error) {
      recorder.failed(access, error, provider);
      throw error;
    }
  }
}
