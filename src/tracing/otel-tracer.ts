import {
  createTraceState,
  ROOT_CONTEXT,
  type Span as OtelSpan,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer as OtelApi,
} from '@opentelemetry/api';
import { classify } from '../core/errors/classify.ts';
import type { Span, SpanAttributes, TraceContext, Tracer } from '../core/tracer.ts';

/** Makes spans by the SDK of OpenTelemetry. */
export class OtelTracer implements Tracer {
  readonly #api: OtelApi;

  constructor(api: OtelApi) {
    this.#api = api;
  }

  start(name: string, parent: TraceContext | undefined, attributes: SpanAttributes): Span {
    // What a request asks for is served; what serves it is within.
    const kind = parent?.isRemote === false ? SpanKind.INTERNAL : SpanKind.SERVER;
    const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, toSpanContext(parent));
    return new StartedSpan(this.#api.startSpan(name, { kind, attributes }, context));
  }

  startCall(name: string, parent: TraceContext, attributes: SpanAttributes): Span {
    const context = trace.setSpanContext(ROOT_CONTEXT, toSpanContext(parent));
    return new StartedSpan(this.#api.startSpan(name, { kind: SpanKind.CLIENT, attributes }, context));
  }
}

class StartedSpan implements Span {
  readonly context: TraceContext;
  readonly #span: OtelSpan;

  constructor(span: OtelSpan) {
    this.#span = span;
    this.context = toTraceContext(span.spanContext());
  }

  set(attributes: SpanAttributes): void {
    this.#span.setAttributes(attributes);
  }

  /** The message of an error may quote what was asked for: only its place in the taxonomy is told. */
  end(error?: unknown): void {
    if (error !== undefined) {
      const { category, code } = classify(error);
      this.#span.setAttributes({ 'error.type': code });
      this.#span.setStatus({ code: SpanStatusCode.ERROR, message: `${category} ${code}` });
    }
    this.#span.end();
  }
}

function toSpanContext({ traceId, spanId, isSampled, isRemote, state }: TraceContext): SpanContext {
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  const context = { traceId, spanId, traceFlags, isRemote };
  return state === undefined ? context : { ...context, traceState: createTraceState(state) };
}

function toTraceContext({ traceId, spanId, traceFlags, traceState }: SpanContext): TraceContext {
  const isSampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
  const context = { traceId, spanId, isSampled, isRemote: false };
  return traceState === undefined ? context : { ...context, state: traceState.serialize() };
}
