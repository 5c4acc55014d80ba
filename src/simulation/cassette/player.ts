import { pause } from '../../core/abort.ts';
import type { Call } from '../../core/call.ts';
import type { Clock } from '../../core/clock.ts';
import type { Scope, SecretProvider, SecretStore } from '../../core/provider.ts';
import type { Answers, CallName, Interceptor, Place, Question } from '../question.ts';
import { fromRecordedError } from './cassette-line.ts';
import { fromRecordedAnswer } from './recorded-answer.ts';
import type { Tape } from './tape.ts';

export interface PlayerOptions {
  readonly tape: Tape;
  readonly clock: Clock;
  /** Whether an answer takes as long as it took. */
  readonly hasLatencies: boolean;
}

/** Answers in place of one source with what it has answered once. */
export class Player implements Interceptor {
  readonly #options: PlayerOptions;
  readonly #provider: string;

  constructor(provider: string, options: PlayerOptions) {
    this.#provider = provider;
    this.#options = options;
  }

  locate(place: Place): ReturnType<Tape['locate']> {
    return this.#options.tape.locate(this.#provider, place);
  }

  async answer<K extends CallName>(question: Question<K>): Promise<Answers[K]> {
    const { tape, clock, hasLatencies } = this.#options;
    const line = tape.play(this.#provider, question);
    if (hasLatencies && line !== undefined) await pause(clock, line.durationMs, question.signal);
    if (line?.error !== undefined) throw fromRecordedError(line.error);
    // A store of which nothing is known is well.
    return fromRecordedAnswer(question.name, line === undefined ? [] : line.answer);
  }
}

/** A provider of which only the name and the type are real: an interceptor answers everything. */
export function createEmptyProvider(name: string, type: string): SecretProvider {
  const nobody = (): never => {
    throw new TypeError('the player answers by itself');
  };
  const store: SecretStore = {
    locate: nobody,
    get: nobody,
    list: nobody,
    describe: nobody,
    versions: nobody,
    rotate: nobody,
  };
  return {
    ...store,
    name,
    type,
    within: (_scope: Scope) => store,
    health: (_call: Call) => nobody(),
    status: () => ({}),
    start: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
