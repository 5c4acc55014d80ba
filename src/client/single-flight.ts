import type { SecretIdentity } from '../cache/cache-key.ts';

/** A question on its way to the store. */
export interface Flight {
  readonly identity: SecretIdentity;
  /** Turns false when what it will answer was invalidated meanwhile: then it is delivered, not stored. */
  isCurrent: boolean;
}

interface Airborne<T> extends Flight {
  readonly answer: Promise<T>;
  /** The flight that begins when this one ends, for readers who may not take an answer to an older question. */
  next?: Promise<T>;
}

/** One question at a time for each key; everyone who asks meanwhile gets the same answer. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Airborne<T>>();

  /** Joins the flight that is under way, or starts one. */
  join(identity: SecretIdentity, ask: (flight: Flight) => Promise<T>): Promise<T> {
    return this.#flights.get(identity.key)?.answer ?? this.#start(identity, ask);
  }

  /** Joins only a flight that has not begun: the answer is to a question asked after this call. */
  joinNext(identity: SecretIdentity, ask: (flight: Flight) => Promise<T>): Promise<T> {
    const flight = this.#flights.get(identity.key);
    if (flight === undefined) return this.#start(identity, ask);
    const start = (): Promise<T> => this.join(identity, ask);
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

  #start(identity: SecretIdentity, ask: (flight: Flight) => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<T>();
    const flight: Airborne<T> = { identity, isCurrent: true, answer: promise };
    this.#flights.set(identity.key, flight);
    const land = (): void => {
      if (this.#flights.get(identity.key) === flight) this.#flights.delete(identity.key);
    };
    resolve(ask(flight).finally(land));
    return promise;
  }
}
