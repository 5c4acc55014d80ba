import type { Clock } from '../core/clock.ts';
import { classify } from '../core/errors/classify.ts';
import { NetworkError } from '../core/errors/network-error.ts';
import { isSecretsError } from '../core/errors/secrets-error.ts';
import type { Log } from '../core/log.ts';
import type { Call } from '../core/call.ts';
import type { Metrics } from '../observability/metrics.ts';
import { withDeadline } from '../core/deadline.ts';
import { isTransient } from '../resilience/transient.ts';
import { retry } from '../resilience/retry.ts';
import type { Instance } from './instance.ts';

export interface StoreCallsOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Of one question to a store, all attempts included. */
  readonly deadlineMs: number;
  readonly maxAttempts: number;
}

/** One question to a store. */
export interface StoreCall<T> {
  readonly instance: Instance;
  /** Which operation, for the metric. */
  readonly name: 'get' | 'list' | 'describe' | 'versions';
  /** What it is about, for the breaker: the secret's id or the prefix. */
  readonly subject: string;
  /** Fewer attempts than usual, where something else can answer. */
  readonly maxAttempts?: number;
  readonly run: (call: Call) => Promise<T>;
}

/** How each instance fared last; for `/v1/status`. */
export interface LastOutcome {
  readonly lastSuccessAtMs?: number;
  readonly lastError?: { readonly error: string; readonly code: string; readonly atMs: number };
}

/** The way from a question to a store: deadline, then for each attempt retry, breaker, provider. */
export class StoreCalls {
  readonly #options: StoreCallsOptions;
  readonly #outcomes = new Map<string, LastOutcome>();

  constructor(options: StoreCallsOptions) {
    this.#options = options;
  }

  lastOutcome(instance: string): LastOutcome {
    return this.#outcomes.get(instance) ?? {};
  }

  /** @throws SecretsError the last attempt's error, or `Timeout` when the deadline came first. */
  ask<T>(call: StoreCall<T>): Promise<T> {
    const { clock, random, deadlineMs } = this.#options;
    const deadlineAtMs = clock.monotonicMs() + deadlineMs;
    const maxAttempts = Math.min(call.maxAttempts ?? Infinity, this.#options.maxAttempts);
    const { name } = call.instance;
    const onTimeout = (): Error =>
      new NetworkError('Timeout', `provider '${name}' did not answer within the deadline`, { provider: name });
    return withDeadline({ clock, timeoutMs: deadlineMs, onTimeout }, (signal) =>
      retry({ clock, random, maxAttempts, deadlineAtMs, signal }, () =>
        call.instance.breaker.run(call.subject, () => this.#attempt(call, signal)),
      ),
    );
  }

  async #attempt<T>(call: StoreCall<T>, parent: AbortSignal): Promise<T> {
    const { clock, metrics, log } = this.#options;
    const { name: provider, attemptTimeoutMs: timeoutMs } = call.instance;
    const onTimeout = (): Error =>
      new NetworkError('Timeout', `provider '${provider}' did not answer in time`, { provider });
    try {
      const answer = await withDeadline({ clock, timeoutMs, onTimeout, parent }, (signal) => call.run({ signal }));
      metrics.providerCalls.inc({ provider, call: call.name, status: 'success' });
      log.trace({ provider, call: call.name, subject: call.subject }, 'the store answered');
      this.#outcomes.set(provider, { ...this.#outcomes.get(provider), lastSuccessAtMs: clock.wallMs() });
      return answer;
    } catch (error) {
      if (isSecretsError(error)) error.addDetails({ provider });
      const { category, code } = classify(error);
      metrics.providerCalls.inc({ provider, call: call.name, status: code });
      log.trace({ provider, call: call.name, subject: call.subject, code }, 'the store failed');
      // That there is no such secret is an answer, not a failure of the store.
      const isAnswer = isSecretsError(error) && !isTransient(error);
      const atMs = clock.wallMs();
      const outcome = isAnswer ? { lastSuccessAtMs: atMs } : { lastError: { error: category, code, atMs } };
      this.#outcomes.set(provider, { ...this.#outcomes.get(provider), ...outcome });
      throw error;
    }
  }
}
