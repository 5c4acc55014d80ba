import { randomUUID } from 'node:crypto';
import { type Counter, createNoopMeter, type MeterProvider } from '@opentelemetry/api';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Log } from '../core/log.ts';
import { createHttpClient } from '../transport/http-client.ts';
import { OtelTracer } from './otel-tracer.ts';
import { type Delivery, OtlpExporter } from './otlp-exporter.ts';
import { toSampler } from './sampler.ts';
import type { TraceSettings } from './trace-settings.ts';
import type { Tracing, TracingAround } from './tracing.ts';

export interface TracingOptions extends TracingAround {
  readonly settings: TraceSettings;
  readonly version: string;
}

// Nothing of an answer but its status and a count matters.
const MAX_ANSWER_BYTES = 1_048_576;
const LAST_CHANCE_MS = 2_000;
// As long as a path may be: what a refused request asks for may be longer.
const MAX_ATTRIBUTE_LENGTH = 2_048;

/** Makes spans from now on, and sends them behind everything else: at most `maxQueued` wait. Nothing is registered. */
export function openTracing({ settings, version, clock, random, log, onSpans }: TracingOptions): Tracing {
  const http = createHttpClient({ tls: settings.tls, maxResponseBytes: MAX_ANSWER_BYTES });
  const outage = createOutageLog(log);
  const exporter = new OtlpExporter({
    settings,
    userAgent: `keyfob/${version}`,
    http,
    clock,
    random,
    onDelivery: (delivery) => {
      if (delivery.exported > 0) onSpans('exported', delivery.exported);
      if (delivery.failed > 0) onSpans('failed', delivery.failed);
      outage(delivery);
    },
  });
  const provider = createProvider({ settings, version, onSpans }, exporter);
  return {
    tracer: new OtelTracer(provider.getTracer('keyfob', version)),
    close: async () => {
      exporter.hurry();
      const timer = clock.after(LAST_CHANCE_MS, () => exporter.cut());
      // What could not be delivered has been counted.
      await provider.shutdown().catch(() => undefined);
      await exporter.forceFlush();
      timer.cancel();
      await http.close();
    },
  };
}

function createProvider(
  { settings, version, onSpans }: Pick<TracingOptions, 'settings' | 'version' | 'onSpans'>,
  exporter: OtlpExporter,
): TracerProvider {
  const { delayMs, maxQueued, maxSize } = settings.batch;
  const processor = new BatchSpanProcessor({
    exporter,
    maxQueueSize: maxQueued,
    maxExportBatchSize: maxSize,
    scheduledDelayMillis: delayMs,
    exportTimeoutMillis: settings.timeoutMs,
    selfObsMeterProvider: countDropped((count) => onSpans('dropped', count)),
  });
  return new TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes(toAttributes(settings, version))),
    sampler: toSampler(settings),
    spanLimits: { attributeValueLengthLimit: MAX_ATTRIBUTE_LENGTH },
    spanProcessors: [processor],
  });
}

const toAttributes = ({ resource }: TraceSettings, version: string): Readonly<Record<string, string>> => ({
  'service.version': version,
  'service.instance.id': randomUUID(),
  ...resource,
});

/** One line when deliveries begin to fail, and one when they succeed again. */
function createOutageLog(log: Log): (delivery: Delivery) => void {
  let isOut = false;
  return ({ failed, reason }) => {
    if (failed > 0 && !isOut)
      log.warn({ reason, spans: failed }, 'traces cannot be delivered: their spans are lost until they can');
    if (failed === 0 && isOut) log.info({}, 'traces are delivered again');
    isOut = failed > 0;
  };
}

/** The processor tells of what it had no room for by its own metrics only. */
function countDropped(onDropped: (count: number) => void): MeterProvider {
  const counter: Counter = {
    add: (count, attributes) => {
      if (attributes?.['error.type'] === 'queue_full') onDropped(count);
    },
  };
  return { getMeter: () => Object.assign(createNoopMeter(), { createCounter: () => counter }) };
}
