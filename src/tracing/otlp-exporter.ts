import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { pause } from '../core/abort.ts';
import { backoffMs } from '../core/backoff.ts';
import type { Clock } from '../core/clock.ts';
import { withDeadline } from '../core/deadline.ts';
import { classify } from '../core/errors/classify.ts';
import type { HttpClient, HttpResponse } from '../transport/http-client.ts';
import { retryAfter } from '../transport/retry-after.ts';
import type { TraceSettings } from './trace-settings.ts';

/** What became of some spans. */
export interface Delivery {
  readonly exported: number;
  readonly failed: number;
  /** Why they failed: a status or a code. Tells nothing of the address. */
  readonly reason?: string;
}

export interface OtlpExporterOptions {
  readonly settings: TraceSettings;
  readonly userAgent: string;
  readonly http: Pick<HttpClient, 'send'>;
  readonly clock: Clock;
  /** 0 to 1, for the jitter. */
  readonly random: () => number;
  readonly onDelivery: (delivery: Delivery) => void;
}

// https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes
const RETRIED_STATUSES = new Set([429, 502, 503, 504]);
const LONGEST_PAUSE_MS = 5_000;
const compress = promisify(gzip);

/**
 * Sends spans by OTLP over HTTP. The exporters of OpenTelemetry have their own HTTP: it cannot be cut at the end, and its
 * errors carry addresses and answers.
 */
export class OtlpExporter implements SpanExporter {
  readonly #options: OtlpExporterOptions;
  readonly #serializer: typeof ProtobufTraceSerializer;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #underWay = new Set<Promise<void>>();
  readonly #end = new AbortController();
  /** From then on nothing is tried again. */
  #isLast = false;

  constructor(options: OtlpExporterOptions) {
    this.#options = options;
    const { encoding, headers, isCompressed } = options.settings;
    this.#serializer = encoding === 'json' ? JsonTraceSerializer : ProtobufTraceSerializer;
    this.#headers = {
      ...Object.fromEntries([...headers].map(([name, value]) => [name, value.expose()])),
      'user-agent': options.userAgent,
      'content-type': encoding === 'json' ? 'application/json' : 'application/x-protobuf',
      ...(isCompressed && { 'content-encoding': 'gzip' }),
    };
  }

  /** Never throws. */
  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    const work = this.#export(spans, done).finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  /** What is sent from now on has one attempt. */
  hurry(): void {
    this.#isLast = true;
  }

  /** Gives up what is under way. */
  cut(): void {
    this.#end.abort();
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async shutdown(): Promise<void> {
    await this.forceFlush();
  }

  async #export(spans: ReadableSpan[], done: (result: ExportResult) => void): Promise<void> {
    const delivery = await this.#deliver(spans);
    this.#options.onDelivery(delivery);
    done({ code: delivery.failed === 0 ? ExportResultCode.SUCCESS : ExportResultCode.FAILED });
  }

  async #deliver(spans: ReadableSpan[]): Promise<Delivery> {
    const { clock, settings } = this.#options;
    const { timeoutMs } = settings;
    const deadlineAtMs = clock.monotonicMs() + timeoutMs;
    try {
      const answer = await withDeadline({ clock, timeoutMs, parent: this.#end.signal }, async (signal) =>
        this.#send(await this.#encode(spans), { signal, deadlineAtMs }),
      );
      if (answer.status < 200 || answer.status >= 300) return toFailure(spans, String(answer.status));
      const rejected = Math.min(this.#rejected(answer.text), spans.length);
      return { exported: spans.length - rejected, failed: rejected, ...(rejected > 0 && { reason: 'rejected' }) };
    } catch (error) {
      return toFailure(spans, classify(error).code);
    }
  }

  async #encode(spans: ReadableSpan[]): Promise<Uint8Array> {
    const body = this.#serializer.serializeRequest(spans);
    if (body === undefined) throw new TypeError('spans that cannot be written');
    return this.#options.settings.isCompressed ? compress(body) : body;
  }

  /** Again where the receiver may take it later, as long as there is time. */
  async #send(body: Uint8Array, { signal, deadlineAtMs }: Attempts): Promise<HttpResponse> {
    const { clock, http, settings, random } = this.#options;
    const message = { method: 'POST', url: settings.url, headers: this.#headers, body, isBinary: true };
    for (let failures = 1; ; failures += 1) {
      const outcome = await http.send({ ...message, signal }).catch((error: unknown) => ({ error }));
      if (!('error' in outcome) && !RETRIED_STATUSES.has(outcome.status)) return outcome;
      const asked = 'error' in outcome ? {} : retryAfter(outcome.headers, clock.wallMs());
      const waitMs = asked.retryAfterMs ?? backoffMs(failures, LONGEST_PAUSE_MS, random);
      if (this.#isLast || signal.aborted || clock.monotonicMs() + waitMs >= deadlineAtMs) {
        if ('error' in outcome) throw outcome.error;
        return outcome;
      }
      await pause(clock, waitMs, signal);
    }
  }

  /** How many spans the receiver did not want. An answer that cannot be read says nothing. */
  #rejected(text: string): number {
    if (text === '') return 0;
    try {
      const { partialSuccess } = this.#serializer.deserializeResponse(Buffer.from(text, 'latin1'));
      // In JSON it is a text.
      return Math.max(0, Number(`${partialSuccess?.rejectedSpans ?? 0}`)) || 0;
    } catch {
      return 0;
    }
  }
}

interface Attempts {
  readonly signal: AbortSignal;
  readonly deadlineAtMs: number;
}

const toFailure = ({ length }: readonly unknown[], reason: string): Delivery => ({
  exported: 0,
  failed: length,
  reason,
});
