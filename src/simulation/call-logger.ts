import type { Clock } from '../core/clock.ts';
import { classify } from '../core/errors/classify.ts';
import type { Answers, Ask, CallName, Interceptor, Question } from './question.ts';
import type { SimulationLog } from './simulation-log.ts';

export interface CallLoggerOptions {
  readonly label: string;
  readonly clock: Clock;
  readonly log: SimulationLog;
}

/** Writes every call to one source into the log of the simulation, when it has ended. */
export class CallLogger implements Interceptor {
  readonly #options: CallLoggerOptions;
  readonly #inner: Interceptor;
  readonly #faults = new WeakMap<Question, readonly string[]>();

  /** @param createInner makes what the questions go to next; it tells here what faults each meets. */
  constructor(
    options: CallLoggerOptions,
    createInner: (onPlan: (question: Question, faults: readonly string[]) => void) => Interceptor,
  ) {
    this.#options = options;
    this.#inner = createInner((question, faults) => this.#faults.set(question, faults));
  }

  async answer<K extends CallName>(question: Question<K>, ask: Ask<K>): Promise<Answers[K]> {
    const startedMs = this.#options.clock.monotonicMs();
    try {
      const answer = await this.#inner.answer(question, ask);
      this.#ended(question, startedMs);
      return answer;
    } catch (error) {
      this.#ended(question, startedMs, classify(error).code);
      throw error;
    }
  }

  #ended(question: Question, startedMs: number, code?: string): void {
    const { label, clock, log } = this.#options;
    const { name: operation, path, subject: id } = question;
    log.add({
      kind: 'call',
      operation,
      path,
      provider: label,
      id,
      durationMs: clock.monotonicMs() - startedMs,
      faults: this.#faults.get(question) ?? [],
      ...(code !== undefined && { code }),
    });
  }
}
