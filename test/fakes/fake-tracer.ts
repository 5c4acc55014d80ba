import type { Span, SpanAttributes, TraceContext, Tracer } from '../../src/core/tracer.ts';

/** A span as it was told. */
export interface ToldSpan {
  readonly name: string;
  readonly isCall: boolean;
  readonly parent: TraceContext | undefined;
  readonly context: TraceContext;
  attributes: SpanAttributes;
  ends: number;
  error?: unknown;
}

/** Keeps what it is told; ids count up from 1. */
export class FakeTracer implements Tracer {
  /** In the order in which they were started. */
  readonly spans: ToldSpan[] = [];

  start(name: string, parent: TraceContext | undefined, attributes: SpanAttributes): Span {
    return this.#start({ name, parent, attributes, isCall: false });
  }

  startCall(name: string, parent: TraceContext, attributes: SpanAttributes): Span {
    return this.#start({ name, parent, attributes, isCall: true });
  }

  named(name: string): readonly ToldSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  #start(begun: Pick<ToldSpan, 'name' | 'parent' | 'attributes' | 'isCall'>): Span {
    const id = this.spans.length + 1;
    const context = {
      traceId: begun.parent?.traceId ?? `trace ${id}`,
      spanId: `${id}`,
      isSampled: true,
      isRemote: false,
    };
    const told: ToldSpan = { ...begun, context, ends: 0 };
    this.spans.push(told);
    return {
      context,
      set: (attributes) => void (told.attributes = { ...told.attributes, ...attributes }),
      end: (error) => {
        told.ends += 1;
        if (told.ends === 1) told.error = error;
      },
    };
  }
}
