import { type ReadableSpan, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { OtelTracer } from '../../src/tracing/otel-tracer.ts';
import { toSampler } from '../../src/tracing/sampler.ts';
import type { TraceSettings } from '../../src/tracing/trace-settings.ts';

/** A tracer, and the spans that ended. */
export function createTracer(settings: Pick<TraceSettings, 'sampler' | 'ratio'> = always) {
  const ended: ReadableSpan[] = [];
  const keep: SpanProcessor = {
    onStart: () => undefined,
    onEnd: (span) => void ended.push(span),
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  const provider = new TracerProvider({ spanProcessors: [keep], sampler: toSampler(settings) });
  return { tracer: new OtelTracer(provider.getTracer('test')), ended };
}

const always = { sampler: 'parentbased_always_on', ratio: 1 } as const;

/** So many spans that ended. */
export function makeSpans(count: number): ReadableSpan[] {
  const { tracer, ended } = createTracer();
  for (let at = 0; at < count; at++) tracer.start('secrets.get', undefined, { secret_path: `s${at}` }).end();
  return ended;
}
