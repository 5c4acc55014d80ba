/** A place in a trace (W3C Trace Context): the parent of what is done there. */
export interface TraceContext {
  /** 32 hex. */
  readonly traceId: string;
  /** 16 hex. */
  readonly spanId: string;
  readonly isSampled: boolean;
  /** Whether it came with a request. */
  readonly isRemote: boolean;
  /** `tracestate`, as it came. */
  readonly state?: string;
}

/** Named as in specification §1.8.1. Never a value, a token, or an upstream URL. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Something that is under way and will be told of. */
export interface Span {
  /** The parent of what it causes. */
  readonly context: TraceContext;
  set(attributes: SpanAttributes): void;
  /** It ends well, or with what it threw. What comes later changes nothing. */
  end(error?: unknown): void;
}

/** Tells of what is done as spans of traces. There is none where nobody asked for traces. */
export interface Tracer {
  /** An operation on secrets. Without a parent it begins a trace. */
  start(name: string, parent: TraceContext | undefined, attributes: SpanAttributes): Span;
  /** A call of a store on its behalf. */
  startCall(name: string, parent: TraceContext, attributes: SpanAttributes): Span;
}
