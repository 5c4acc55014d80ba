import { LRUCache } from 'lru-cache';
import type { Call } from '../core/call.ts';
import type { Location, Scope, SecretStore } from '../core/provider.ts';
import type { Selector } from '../core/selector.ts';
import type { Answers, Arguments, CallName, Interceptor, Question } from './question.ts';

/** The path, or the prefix, as callers write what a store is asked for under a native one. */
export type ToCallerPath = (native: string) => string;

export interface StoreAskerOptions {
  readonly interceptor: Interceptor;
  readonly toPath: ToCallerPath;
}

/** What a question is about. */
type Subject = Pick<Question, 'subject' | 'path'>;

interface Asked<K extends CallName> extends Omit<Question<K>, 'scope' | 'signal'> {
  readonly call: Call;
}

// Of the secrets that were asked for lately.
const MAX_PATHS = 8_192;

/** Puts the calls to one store, or to one place in it, before the interceptor. */
export class StoreAsker {
  readonly scope: Scope;
  readonly #options: StoreAskerOptions;
  readonly #paths = new LRUCache<string, string>({ max: MAX_PATHS });

  constructor(options: StoreAskerOptions, scope: Scope) {
    this.#options = options;
    this.scope = scope;
  }

  /** Remembers what callers call the secret, too: its id need not tell. */
  locate(store: SecretStore, path: string, selector: Selector): Location {
    const { interceptor, toPath } = this.#options;
    const locate = (): Location => store.locate(path, selector);
    const location = interceptor.locate?.({ scope: this.scope, path, selector }, locate) ?? locate();
    this.#paths.set(location.id, toPath(path));
    return location;
  }

  about(id: string): Subject {
    return { subject: id, path: this.#paths.get(id) ?? this.#options.toPath(id) };
  }

  under(prefix: string): Subject {
    return { subject: prefix, path: this.#options.toPath(prefix) };
  }

  ask<K extends CallName>(
    { call, ...asked }: Asked<K>,
    work: (args: Arguments[K]) => Promise<Answers[K]>,
  ): Promise<Answers[K]> {
    const question: Question<K> = { ...asked, scope: this.scope, signal: call.signal };
    // What a store throws at once is an answer like any other.
    return this.#options.interceptor.answer(question, async (args = question.args) => work(args));
  }
}
