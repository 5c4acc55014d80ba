import type { Call } from '../core/call.ts';
import type { Clock } from '../core/clock.ts';
import { withDeadline } from '../core/deadline.ts';
import { classify } from '../core/errors/classify.ts';
import { NetworkError } from '../core/errors/network-error.ts';
import { isSecretsError, type SecretsError } from '../core/errors/secrets-error.ts';
import type { Log } from '../core/log.ts';
import type { Span, TraceContext, Tracer } from '../core/tracer.ts';
import type { Metrics } from '../observability/metrics.ts';
import { retry } from '../resilience/retry.ts';
import { isThrottled, isTransient } from '../resilience/transient.ts';
import type { Source } from './source.ts';
import type { SourceOutcomes } from './source-outcomes.ts';

export interface StoreCallsOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly outcomes: SourceOutcomes;
  /** Of one question to a store, all attempts included. */
  readonly deadlineMs: number;
  readonly maxAttempts: number;
  readonly tracer?: Tracer;
}

/** One question to a store. */
export interface StoreCall<T> {
  readonly source: Source;
  /** Which operation, for the metric. */
  readonly name: 'get' | 'list' | 'describe' | 'versions' | 'rotate' | 'batch' | 'lease' | 'health';
  /** What it is about, for the breaker: the secret's id or the prefix. */
  readonly subject: string;
  /** Fewer attempts than usual. */
  readonly maxAttempts?: number;
  /** Something else can answer: one attempt, and no long wait for a turn. */
  readonly isBrief?: boolean;
  /** Nobody waits for it. */
  readonly isBackground?: boolean;
  /** Of whoever waits for it: each attempt is a span there. */
  readonly trace?: TraceContext | undefined;
  /** Called for every attempt that failed. */
  readonly onFailure?: (error: SecretsError) => void;
  readonly run: (call: Call) => Promise<T>;
}

interface Attempt {
  readonly deadlineAtMs: number;
  readonly signal: AbortSignal;
  /** 1 for the first. */
  readonly number: number;
}

/** The way from a question to a store: deadline, then for each attempt retry, breaker, budget, provider. */
export class StoreCalls {
  readonly #options: StoreCallsOptions;

  constructor(options: StoreCallsOptions) {
    this.#options = options;
  }

  /** @throws SecretsError the last attempt's error, or `Timeout` when the deadline came first. */
  async ask<T>(call: StoreCall<T>): Promise<T> {
    const { clock, random, deadlineMs, outcomes } = this.#options;
    const { source } = call;
    const deadlineAtMs = clock.monotonicMs() + deadlineMs;
    const maxAttempts = call.isBrief === true ? 1 : Math.min(call.maxAttempts ?? Infinity, this.#options.maxAttempts);
    const onTimeout = (): Error => this.#timeout(source, 'within the deadline');
    let number = 0;
    try {
      const answer = await withDeadline({ clock, timeoutMs: deadlineMs, onTimeout }, (signal) =>
        retry({ clock, random, maxAttempts, deadlineAtMs, signal }, () =>
          source.breaker.run(call.subject, () => this.#attempt(call, { deadlineAtMs, signal, number: ++number })),
        ),
      );
      outcomes.answered(source, call.subject);
      return answer;
    } catch (error) {
      if (isSecretsError(error) && !isTransient(error)) outcomes.answered(source, call.subject);
      else outcomes.failed(source, call.subject, error);
      throw error;
    }
  }

  async #attempt<T>(call: StoreCall<T>, { deadlineAtMs, signal: parent, number }: Attempt): Promise<T> {
    const { clock, metrics, log } = this.#options;
    const { source, name } = call;
    const { label: provider, attemptTimeoutMs: timeoutMs, budget } = source;
    const waitUntilMs = call.isBrief === true ? clock.monotonicMs() + timeoutMs : Infinity;
    await budget.take({
      isBackground: call.isBackground === true,
      deadlineAtMs: Math.min(deadlineAtMs, waitUntilMs),
      signal: parent,
    });
    const onTimeout = (): Error => this.#timeout(source, 'in time');
    const span = this.#startSpan(call, number);
    try {
      const answer = await withDeadline({ clock, timeoutMs, onTimeout, parent }, (signal) => call.run({ signal }));
      budget.succeeded();
      metrics.providerCalls.inc({ provider, call: name, status: 'success' });
      log.trace({ provider, call: name, subject: call.subject }, 'the store answered');
      span?.end();
      return answer;
    } catch (error) {
      this.#attemptFailed(call, error);
      span?.end(error);
      throw error;
    }
  }

  /** What nobody waits for is counted, not told of. */
  #startSpan({ source, name, trace }: StoreCall<unknown>, attempt: number): Span | undefined {
    if (trace === undefined) return undefined;
    return this.#options.tracer?.startCall(`secrets.provider.${name}`, trace, { provider: source.label, attempt });
  }

  #attemptFailed({ source, name, subject, onFailure }: StoreCall<unknown>, error: unknown): void {
    const { metrics, log } = this.#options;
    const { label: provider, budget } = source;
    if (isThrottled(error)) budget.throttled();
    else if (isSecretsError(error) && !isTransient(error)) budget.succeeded();
    const { code } = classify(error);
    metrics.providerCalls.inc({ provider, call: name, status: code });
    log.trace({ provider, call: name, subject, code }, 'the store failed');
    if (!isSecretsError(error)) return;
    error.addDetails({ provider: source.name });
    onFailure?.(error);
  }

  #timeout({ name, label }: Source, when: string): Error {
    return new NetworkError('Timeout', `provider '${label}' did not answer ${when}`, { provider: name });
  }
}
