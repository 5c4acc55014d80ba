import type { Clock } from '../../core/clock.ts';
import { isSecretsError } from '../../core/errors/secrets-error.ts';
import type { Location } from '../../core/provider.ts';
import type { SecretValue } from '../../core/secret.ts';
import type { Answers, Ask, CallName, Interceptor, Place, Question } from '../question.ts';
import { type CallLine, type CassetteLine, type PlaceLine, toKey, toRecordedError } from './cassette-line.ts';
import { toRecordedAnswer } from './recorded-answer.ts';

export interface RecorderOptions {
  readonly clock: Clock;
  readonly write: (line: CassetteLine) => void;
  /** What is written in place of a value. */
  readonly keep: (value: SecretValue) => SecretValue;
}

/** Writes down what the real stores are asked and what they answer. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #startedMs: number;
  /** What was written of places, so that each is written once. */
  readonly #places = new Map<string, string>();
  #count = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#startedMs = options.clock.monotonicMs();
  }

  /** Stands before one source. */
  before(provider: string): Interceptor {
    return {
      locate: (place, locate) => this.#locate(provider, place, locate),
      answer: (question, ask) => this.#answer(provider, question, ask),
    };
  }

  #locate(provider: string, place: Place, locate: () => Location): Location {
    try {
      const location = locate();
      this.#placed({ kind: 'place', provider, ...place, location });
      return location;
    } catch (error) {
      if (isSecretsError(error)) this.#placed({ kind: 'place', provider, ...place, error: toRecordedError(error) });
      throw error;
    }
  }

  #placed(line: PlaceLine): void {
    const { location, error, ...asked } = line;
    const [key, outcome] = [toKey(asked), toKey(location, error)];
    if (this.#places.get(key) === outcome) return;
    this.#places.set(key, outcome);
    this.#options.write(line);
  }

  async #answer<K extends CallName>(provider: string, question: Question<K>, ask: Ask<K>): Promise<Answers[K]> {
    const { keep, clock } = this.#options;
    const askedMs = clock.monotonicMs();
    const line = ({ answer, error }: Pick<CallLine, 'answer' | 'error'>): void =>
      this.#options.write({
        kind: 'call',
        n: ++this.#count,
        atMs: Math.round(askedMs - this.#startedMs),
        durationMs: Math.round(clock.monotonicMs() - askedMs),
        provider,
        scope: question.scope,
        name: question.name,
        args: question.args,
        ...(error === undefined ? { answer } : { error }),
      });
    try {
      const answer = await ask();
      line({ answer: toRecordedAnswer(question.name, answer, keep) });
      return answer;
    } catch (error) {
      // Anything else is a mistake of ours, not an answer.
      if (isSecretsError(error)) line({ error: toRecordedError(error) });
      throw error;
    }
  }
}
