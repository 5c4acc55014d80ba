import { Histogram, Registry } from 'prom-client';
import { test } from 'tap';
import { DurationHistogram } from '../../src/observability/duration-histogram.ts';

const options = { name: 'seconds', help: 'How long.', buckets: [0.1, 1, 10] };
const labels = { provider: 'a"b', operation: 'get' };

test('it shows what the histogram of the library shows', async (t) => {
  const [ours, theirs] = [new Registry(), new Registry()];
  const histogram = new DurationHistogram(options);
  ours.registerMetric(histogram);
  const child = histogram.child(labels);
  const other = new Histogram({ ...options, labelNames: ['provider', 'operation'], registers: [theirs] });
  other.zero(labels);
  t.equal(await ours.metrics(), await theirs.metrics());
  for (const seconds of [0, 0.1, 0.1000001, 1, 2, 10, 11, 500]) {
    child.observe(seconds);
    other.labels(labels).observe(seconds);
  }
  t.equal(await ours.metrics(), await theirs.metrics());
});

test('children are told apart', async (t) => {
  const registry = new Registry();
  const histogram = new DurationHistogram(options);
  registry.registerMetric(histogram);
  histogram.child(labels).observe(0.5);
  histogram.child({ ...labels, operation: 'list' }).observe(5);
  const text = await registry.metrics();
  t.match(text, 'seconds_bucket{le="1",provider="a\\"b",operation="get"} 1');
  t.match(text, 'seconds_bucket{le="1",provider="a\\"b",operation="list"} 0');
});
