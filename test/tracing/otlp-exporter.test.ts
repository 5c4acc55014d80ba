import type { ExportResult } from '@opentelemetry/core';
import { test } from 'tap';
import { NetworkError } from '../../src/core/errors/network-error.ts';
import type { HttpRequest, HttpResponse } from '../../src/transport/http-client.ts';
import { type Delivery, OtlpExporter } from '../../src/tracing/otlp-exporter.ts';
import { readTraceSettings } from '../../src/tracing/trace-settings.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { decodeRequest, encodePartialSuccess, parseRequest } from '../fakes/otlp-schema.ts';
import { readSpans } from '../fakes/otlp-spans.ts';
import { makeSpans } from './made-spans.ts';

type Answer = HttpResponse | Error | 'never';

const answer = (status: number, text = '', headers: readonly (readonly [string, string])[] = []): HttpResponse => ({
  status,
  text,
  headers: new Map(headers),
});

/** An exporter whose receiver gives these answers, the last one again and again. */
function setUp(answers: readonly Answer[], env: Readonly<Record<string, string>> = {}) {
  const [clock, sent, deliveries, results]: [FakeClock, HttpRequest[], Delivery[], ExportResult[]] = [
    new FakeClock(),
    [],
    [],
    [],
  ];
  const settings = readTraceSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318', ...env });
  if (settings === undefined) throw new TypeError('no settings');
  const send = (request: HttpRequest): Promise<HttpResponse> => {
    const next = answers[sent.length] ?? answers.at(-1);
    sent.push(request);
    if (next instanceof Error) return Promise.reject(next);
    if (next === 'never' || next === undefined)
      return new Promise((_resolve, reject) =>
        request.signal.addEventListener('abort', () => reject(new NetworkError('Timeout', 'cut'))),
      );
    return Promise.resolve(next);
  };
  const exporter = new OtlpExporter({
    settings,
    userAgent: 'keyfob/test',
    http: { send },
    clock,
    random: () => 0,
    onDelivery: (delivery) => void deliveries.push(delivery),
  });
  const post = (count = 2): void => exporter.export(makeSpans(count), (result) => results.push(result));
  return { clock, sent, deliveries, results, exporter, post };
}

const refused = new NetworkError('ConnectionFailed', 'nobody listens');

test('the same spans in either encoding', async (t) => {
  for (const [protocol, type] of [
    ['http/protobuf', 'application/x-protobuf'],
    ['http/json', 'application/json'],
  ] as const) {
    const { clock, sent, deliveries, results, post } = setUp([answer(200)], {
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_HEADERS: 'content-type=text/plain,x-key=k',
    });
    post();
    await clock.advance(0);
    const [request] = sent;
    t.equal(request?.isBinary, true);
    t.match(
      [request?.method, request?.headers],
      ['POST', { 'content-type': type, 'user-agent': 'keyfob/test', 'x-key': 'k' }],
    );
    const bytes = Buffer.from(request?.body ?? '');
    const spans = readSpans(protocol === 'http/json' ? parseRequest(bytes.toString()) : decodeRequest(bytes));
    t.match(spans, [{ attributes: { secret_path: 's0' } }, { attributes: { secret_path: 's1' } }]);
    t.strictSame(deliveries, [{ exported: 2, failed: 0 }]);
    t.match(results, [{ code: 0 }]);
    t.equal(clock.timers, 0);
  }
});

test('what may be taken later comes again, after a pause that grows or that was asked for', async (t) => {
  const { clock, sent, deliveries, post } = setUp([
    refused,
    answer(503),
    answer(429, '', [['retry-after', '3']]),
    answer(200),
  ]);
  post();
  const attempts = [];
  for (let second = 0; second <= 6; second++) {
    await clock.advance(second === 0 ? 0 : 1_000);
    attempts.push(sent.length);
  }
  t.strictSame(attempts, [1, 2, 2, 3, 3, 3, 4], 'after one second, two, and the three');
  t.strictSame(deliveries, [{ exported: 2, failed: 0 }]);
});

test('it ends with the time for one delivery, and says why the last attempt failed', async (t) => {
  for (const [last, reason] of [
    [refused, 'ConnectionFailed'],
    [answer(502), '502'],
    [answer(429, '', [['retry-after', '3600']]), '429'],
    ['never', 'Timeout'],
  ] as const) {
    const { clock, deliveries, results, post } = setUp([last]);
    post(3);
    await clock.advance(10_000);
    t.strictSame(deliveries, [{ exported: 0, failed: 3, reason }]);
    t.match(results, [{ code: 1 }]);
    t.equal(clock.timers, 0);
  }
});

test('what will not be taken is not sent again', async (t) => {
  for (const status of [301, 307, 400, 401, 404, 413, 500]) {
    const { clock, sent, deliveries, post } = setUp([answer(status)]);
    post();
    await clock.advance(10_000);
    t.equal(sent.length, 1);
    t.strictSame(deliveries, [{ exported: 0, failed: 2, reason: String(status) }]);
  }
});

test('spans that were rejected', async (t) => {
  const bytes = (rejected: number): string => Buffer.from(encodePartialSuccess(rejected)).toString('latin1');
  for (const [text, protocol, failed] of [
    [bytes(1), 'http/protobuf', 1],
    [bytes(200), 'http/protobuf', 200],
    [bytes(0), 'http/protobuf', 0],
    [bytes(900), 'http/protobuf', 300],
    ['<html>', 'http/protobuf', 0],
    ['{"partialSuccess":{"rejectedSpans":"7"}}', 'http/json', 7],
    ['{"partialSuccess":{"rejectedSpans":"many"}}', 'http/json', 0],
    ['{}', 'http/json', 0],
    ['<html>', 'http/json', 0],
    ['null', 'http/json', 0],
  ] as const) {
    const { clock, deliveries, post } = setUp([answer(200, text)], { OTEL_EXPORTER_OTLP_PROTOCOL: protocol });
    post(300);
    await clock.advance(0);
    t.match(deliveries, [{ exported: 300 - failed, failed }], text);
  }
});

test('at the end everything has one more attempt, and then none', async (t) => {
  const { clock, sent, deliveries, exporter, post } = setUp([refused, refused, 'never']);
  exporter.hurry();
  post();
  await clock.advance(0);
  t.strictSame([sent.length, deliveries.length], [1, 1], 'without a pause');
  post();
  post();
  await clock.advance(0);
  let isFlushed = false;
  const flushed = exporter.shutdown().then(() => (isFlushed = true));
  await clock.advance(1_000);
  t.equal(isFlushed, false, 'what is under way is waited for');
  exporter.cut();
  await flushed;
  t.strictSame(deliveries.at(-1), { exported: 0, failed: 2, reason: 'Timeout' });
  post();
  await clock.advance(0);
  t.equal(deliveries.length, 4, 'what comes later is lost at once');
});
