import { AccessError } from '../../src/core/errors/access-error.ts';
import { ProviderError } from '../../src/core/errors/provider-error.ts';
import { SecretNotFoundError } from '../../src/core/errors/secret-not-found-error.ts';
import type { Secret } from '../../src/core/secret.ts';
import type { FakeClock } from '../fakes/fake-clock.ts';
import type { FakeProvider } from '../fakes/fake-provider.ts';
import { textSecret } from '../fakes/secrets.ts';

export const faults = ['none', 'down', 'throttle', 'refuse', 'missing', 'hang'] as const;

export type Fault = (typeof faults)[number];

/** One question that reached the store. */
interface Question {
  readonly path: string;
  /** `path@version`, or `pinned path`. */
  readonly value: string;
  readonly fault: Fault;
  readonly askedAtMs: number;
}

/** A store whose every change and answer is remembered. Answers tell the state at the time of the question. */
export class ModelledStore {
  /** In the order in which they were asked. */
  readonly questions: Question[] = [];
  #clock: FakeClock;
  /** What `nowMs` is ahead of the clock. */
  #aheadMs = 0;
  readonly #faults = new Map<string, Fault>();
  readonly #versions = new Map<string, number>();
  #latencyMs = 0;
  /** Told of each value and each refusal as it leaves the store. */
  onAnswer: (question: number) => void = () => {};

  constructor(provider: FakeProvider, clock: FakeClock) {
    this.#clock = clock;
    this.#answerFor(provider);
  }

  /** Monotonic, and counted on over restarts. */
  nowMs(): number {
    return this.#clock.monotonicMs() + this.#aheadMs;
  }

  /** The next process asks it, `gapMs` later. */
  restart(provider: FakeProvider, clock: FakeClock, gapMs: number): void {
    this.#aheadMs = this.nowMs() + gapMs - clock.monotonicMs();
    this.#clock = clock;
    this.#answerFor(provider);
  }

  write(path: string): void {
    this.#versions.set(path, this.#version(path) + 1);
  }

  setFault(path: string, fault: Fault): void {
    this.#faults.set(path, fault);
  }

  setLatency(ms: number): void {
    this.#latencyMs = ms;
  }

  /** The last question that was answered so; number -1 when there is none. */
  lastAskedFor(value: string): { readonly number: number; readonly atMs: number } {
    const number = this.questions.findLastIndex((question) => question.value === value && question.fault === 'none');
    return { number, atMs: this.questions[number]?.askedAtMs ?? -Infinity };
  }

  #answerFor(provider: FakeProvider): void {
    provider.onGet = ({ id, selector }) => this.#ask(id, selector.version === undefined);
  }

  async #ask(path: string, isCurrent: boolean): Promise<Secret> {
    const value = isCurrent ? this.#current(path) : `pinned ${path}`;
    const fault = this.#faults.get(path) ?? 'none';
    const version = isCurrent ? String(this.#version(path)) : '1';
    const number = this.questions.push({ path, value, fault, askedAtMs: this.nowMs() }) - 1;
    await this.#delay();
    if (fault === 'hang') return new Promise<never>(() => {});
    if (fault === 'down') throw new ProviderError('ProviderUnavailable', value);
    if (fault === 'throttle') throw new ProviderError('RateLimited', value);
    this.onAnswer(number);
    if (fault === 'refuse') throw new AccessError('AccessDenied', `${number}`);
    if (fault === 'missing') throw new SecretNotFoundError('SecretDoesNotExist', `${number}`);
    return textSecret(value, { version });
  }

  async #delay(): Promise<void> {
    if (this.#latencyMs > 0) await new Promise<void>((resolve) => void this.#clock.after(this.#latencyMs, resolve));
  }

  #version(path: string): number {
    return this.#versions.get(path) ?? 1;
  }

  #current(path: string): string {
    return `${path}@${this.#version(path)}`;
  }
}
