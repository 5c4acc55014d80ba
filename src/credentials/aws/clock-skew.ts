import type { Clock } from '../../core/clock.ts';

/** What AWS calls a signature of the wrong time, and what it calls others, too: the measured offset decides. */
const SKEW_CODES: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'AuthFailure',
  'InvalidSignatureException',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
]);
// AWS refuses signatures that are five minutes off; the SDKs correct from four.
const REPEAT_FROM_MS = 240_000;
const LONGEST_EXCHANGE_MS = 15 * 60_000;

/** How far our clock is from that of AWS, measured by the answers of AWS as the SDKs do. */
export class ClockSkew {
  readonly #clock: Clock;
  #offsetMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds to add to our wall clock. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Milliseconds since 1970, on the clock of AWS. */
  get nowMs(): number {
    return this.#clock.wallMs() + this.#offsetMs;
  }

  /** The time to sign with. */
  now(): Date {
    return new Date(this.nowMs);
  }

  /**
   * Measures by an answer's `Date`. One out of a cache (`Age`), or at the end of an exchange of more than 15 minutes,
   * says nothing.
   * @param sentAtMs when the request was sent, on the monotonic clock.
   */
  observe(headers: ReadonlyMap<string, string>, sentAtMs: number): void {
    const serverMs = Date.parse(headers.get('date') ?? '');
    if (Number.isNaN(serverMs) || headers.has('age')) return;
    if (this.#clock.monotonicMs() - sentAtMs > LONGEST_EXCHANGE_MS) return;
    this.#offsetMs = serverMs - this.#clock.wallMs();
  }

  /**
   * Whether a refusal is due to the time of the signature, so that the same call, signed anew, is to be sent at once.
   * @param signedWithMs the offset that the refused request was signed with.
   */
  explains(code: string, signedWithMs: number): boolean {
    return SKEW_CODES.has(code) && Math.abs(this.#offsetMs - signedWithMs) >= REPEAT_FROM_MS;
  }
}
