import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { test } from 'tap';
import { ProviderError } from '../../src/core/errors/provider-error.ts';
import { samplers } from '../../src/tracing/trace-settings.ts';
import { createTracer } from './made-spans.ts';

const remote = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  isSampled: true,
  isRemote: true,
  state: 'a=1,b=2',
};

test('an operation goes on with the trace of its request; what is within knows its own parent', (t) => {
  const { tracer, ended } = createTracer();
  const operation = tracer.start('secrets.resolve', remote, { secret_path: undefined, reference_count: 2 });
  const { traceId, state } = remote;
  t.match(operation.context, { traceId, state, isSampled: true, isRemote: false, spanId: /^[\da-f]{16}$/ });
  t.not(operation.context.spanId, remote.spanId);
  tracer.start('secrets.get', operation.context, {}).end();
  tracer.startCall('secrets.provider.get', operation.context, { attempt: 1 }).end();
  operation.set({ provider: undefined, cached: false });
  operation.end();
  t.match(
    ended.map(({ name, kind, parentSpanContext, attributes }) => [name, kind, parentSpanContext?.spanId, attributes]),
    [
      ['secrets.get', SpanKind.INTERNAL, operation.context.spanId, {}],
      ['secrets.provider.get', SpanKind.CLIENT, operation.context.spanId, { attempt: 1 }],
      ['secrets.resolve', SpanKind.SERVER, remote.spanId, { reference_count: 2, cached: false }],
    ],
  );
  t.strictSame(Object.keys(ended[2]?.attributes ?? {}), ['reference_count', 'cached'], 'what is not known is not told');
  t.ok(ended.every((span) => span.spanContext().traceState?.serialize() === state));
  t.end();
});

test('a failure is told of by its place in the taxonomy; its message is not, and nothing changes an end', (t) => {
  const { tracer, ended } = createTracer();
  const span = tracer.start('secrets.get', undefined, {});
  span.end(new ProviderError('RateLimited', 'hunter2'));
  span.set({ cached: true });
  span.end();
  tracer.start('secrets.get', undefined, {}).end(new TypeError('hunter2'));
  t.match(
    ended.map(({ status, attributes, events }) => [status, attributes, events.length]),
    [
      [{ code: SpanStatusCode.ERROR, message: 'ProviderError RateLimited' }, { 'error.type': 'RateLimited' }, 0],
      [{ code: SpanStatusCode.ERROR, message: 'InternalError Unexpected' }, { 'error.type': 'Unexpected' }, 0],
    ],
  );
  t.equal(ended[0]?.attributes['cached'], undefined);
  t.notOk(ended.some(({ parentSpanContext }) => parentSpanContext !== undefined));
  t.end();
});

test('what is sampled', (t) => {
  const isTold = (sampler: (typeof samplers)[number], ratio: number, isSampled?: boolean): boolean => {
    const { tracer, ended } = createTracer({ sampler, ratio });
    const span = tracer.start('secrets.get', isSampled === undefined ? undefined : { ...remote, isSampled }, {});
    span.end();
    t.equal(span.context.isSampled, ended.length === 1, 'whoever is within does the same');
    return ended.length === 1;
  };
  // Without a parent, below one that is sampled, below one that is not; all of them, and none, by the ratio.
  const told = samplers.map((name) => [
    name,
    ...[undefined, true, false].map((parent) => [0, 1].map((ratio) => isTold(name, ratio, parent))),
  ]);
  const [all, none, byRatio] = [
    [true, true],
    [false, false],
    [false, true],
  ];
  t.strictSame(told, [
    ['always_on', all, all, all],
    ['always_off', none, none, none],
    ['traceidratio', byRatio, byRatio, byRatio],
    ['parentbased_always_on', all, all, none],
    ['parentbased_always_off', none, all, none],
    ['parentbased_traceidratio', byRatio, all, none],
  ]);
  t.end();
});
