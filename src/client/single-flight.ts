import type { SecretIdentity } from '../cache/cache-key.ts';
import type { SecretsError } from '../core/errors/secrets-error.ts';

/** A question on its way to the store. */
export interface Flight<T> {
  readonly identity: SecretIdentity;
  /** Monotonic. */
  readonly startedAtMs: number;
  readonly answer: Promise<T>;
  /** Resolves when an attempt has failed for the first time, even if others follow; perhaps never. */
  readonly firstFailure: Promise<SecretsError>;
}

/** The same, as whoever flies it sees it. */
export interface FlightPlan {
  /** Turns false when what it will answer was invalidated meanwhile: then it is delivered, not stored. */
  readonly isCurrent: boolean;
  /** An attempt has failed. */
  failed(error: SecretsError): void;
}

export type Ask<T> = (plan: FlightPlan) => Promise<T>;

interface Airborne<T> extends Flight<T> {
  isCurrent: boolean;
  /** The flight that begins when this one ends, for readers who may not take an answer to an older question. */
  next?: Promise<T>;
}

/** One question at a time for each key; everyone who asks meanwhile gets the same answer. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Airborne<T>>();
  readonly #nowMs: () => number;

  /** @param nowMs monotonic */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Joins the flight that is under way, or starts one. */
  join(identity: SecretIdentity, ask: Ask<T>): Flight<T> {
    return this.#flights.get(identity.key) ?? this.#start(identity, ask);
  }

  /** Joins only a flight that has not begun: the answer is to a question asked after this call. */
  joinNext(identity: SecretIdentity, ask: Ask<T>): Promise<T> {
    const flight = this.#flights.get(identity.key);
    if (flight === undefined) return this.#start(identity, ask).answer;
    const start = (): Promise<T> => this.join(identity, ask).answer;
    flight.next ??= flight.answer.then(start, start);
    return flight.next;
  }

  /** Nobody joins these flights any more, and what they answer is not to be stored. */
  forget(matches: (identity: SecretIdentity) => boolean): void {
    for (const [key, flight] of this.#flights) {
      if (!matches(flight.identity)) continue;
      flight.isCurrent = false;
      this.#flights.delete(key);
    }
  }

  #start(identity: SecretIdentity, ask: Ask<T>): Flight<T> {
    const { promise: answer, resolve } = Promise.withResolvers<T>();
    const { promise: firstFailure, resolve: failed } = Promise.withResolvers<SecretsError>();
    const flight: Airborne<T> = { identity, startedAtMs: this.#nowMs(), isCurrent: true, answer, firstFailure };
    this.#flights.set(identity.key, flight);
    const land = (): void => {
      if (this.#flights.get(identity.key) === flight) this.#flights.delete(identity.key);
    };
    const plan: FlightPlan = {
      get isCurrent() {
        return flight.isCurrent;
      },
      failed,
    };
    resolve(ask(plan).finally(land));
    return flight;
  }
}
