import { test } from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import { loadTracing } from '../../src/tracing/load-tracing.ts';
import type { SpanStatus } from '../../src/tracing/tracing.ts';
import { RecordingLog } from '../contract/recording-log.ts';
import { startOtlpReceiver } from '../fakes/otlp-receiver.ts';

// The end-to-end suite drives the bundle. Here the same parts run in this process, so that their coverage is measured.

test('nothing is loaded where nobody asks for it', async (t) => {
  t.equal(await loadTracing({}), undefined);
});

test('what waits goes out at the end, and is counted; what comes later is lost', async (t) => {
  const [receiver, log] = [await startOtlpReceiver(t), new RecordingLog()];
  const counts: [SpanStatus, number][] = [];
  const openTracing = await loadTracing({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.address,
    OTEL_BSP_MAX_QUEUE_SIZE: '3',
  });
  const onSpans = (status: SpanStatus, count: number): void => void counts.push([status, count]);
  const tracing = openTracing?.({ clock: systemClock, random: Math.random, log, onSpans });
  for (let count = 0; count < 5; count++) tracing?.tracer.start('secrets.get', undefined, {}).end();
  await tracing?.close();
  const exported = counts.filter(([status]) => status === 'exported').reduce((sum, [, count]) => sum + count, 0);
  const dropped = counts.filter(([status]) => status === 'dropped').length;
  t.equal(exported + dropped, 5);
  t.equal(receiver.spans.length, exported);
  tracing?.tracer.start('secrets.get', undefined, {}).end();
  await tracing?.close();
  t.equal(receiver.spans.length, exported, 'closing twice does nothing more');
  t.strictSame([receiver.faults, log.lines], [[], []]);
});
