import * as fc from 'fast-check';
import { test } from 'tap';
import { type AuditEvent, createAuditLog, noAudit } from '../../src/audit/audit-log.ts';
import { type Line, toBytes } from '../../src/audit/line.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const trace = { traceId, spanId: '00f067aa0ba902b7', isSampled: true, isRemote: true };
const context = { caller: 'web', source: '127.0.0.1', requestId: 'r1', trace };
const event: AuditEvent = {
  operation: 'get',
  path: 'db/creds',
  context,
  provider: 'vault',
  version: '3',
  cached: true,
};

const textOf = (line: Line): string => Buffer.from(toBytes(line)).toString();

function createRig() {
  const clock = new FakeClock();
  const lines: string[] = [];
  const sink = {
    write: (line: Line) => void lines.push(textOf(line)),
    writeThrough: () => false,
    canWrite: () => false,
  };
  const audit = createAuditLog({ sink, clock, failClosed: false });
  return { audit, clock, lines };
}

test('an access is one line with the fields of specification §1.8.4 and ours', async (t) => {
  const { audit, lines } = createRig();
  audit.record(event);
  t.equal(lines.length, 1);
  t.match(lines[0], /^\{.*\}\n$/);
  t.strictSame(JSON.parse(lines[0] ?? ''), {
    type: 'audit',
    timestamp: '2026-01-01T00:00:00.000Z',
    operation: 'get',
    secret_path: 'db/creds',
    version: '3',
    provider: 'vault',
    caller_identity: 'web',
    source_ip: '127.0.0.1',
    success: true,
    cached: true,
    request_id: 'r1',
    trace_id: traceId,
  });
});

test('of more paths than are remembered each line is of its own access', async (t) => {
  const { audit, lines } = createRig();
  const [rounds, paths] = [3, 60_000];
  for (let round = 0; round < rounds; round += 1) {
    for (let at = 0; at < paths; at += 1)
      audit.record({ ...event, path: `item/${at}`, version: `${round + (at % 2)}`, cached: round > 0 });
  }
  t.equal(lines.length, rounds * paths);
  const wrong = lines.filter((line, index) => {
    const [round, at] = [Math.trunc(index / paths), index % paths];
    const { secret_path: path, version, cached } = JSON.parse(line);
    return path !== `item/${at}` || version !== `${round + (at % 2)}` || cached !== round > 0;
  });
  t.same(wrong, []);
});

test('a refusal tells its code, and nothing that is not known', async (t) => {
  const { audit, lines } = createRig();
  const { trace: _, ...untraced } = context;
  audit.record({ operation: 'list', path: '', context: untraced, cached: false, code: 'PolicyDenied' });
  t.strictSame(JSON.parse(lines[0] ?? ''), {
    type: 'audit',
    timestamp: '2026-01-01T00:00:00.000Z',
    operation: 'list',
    secret_path: '',
    caller_identity: 'web',
    source_ip: '127.0.0.1',
    success: false,
    cached: false,
    code: 'PolicyDenied',
    request_id: 'r1',
  });
});

test('each line has the time of its own access', async (t) => {
  const { audit, clock, lines } = createRig();
  audit.record(event);
  audit.record(event);
  await clock.advance(61_001);
  audit.record(event);
  t.same(
    lines.map((line) => JSON.parse(line).timestamp),
    ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', '2026-01-01T00:01:01.001Z'],
  );
});

test('whatever callers write, it stays one line, and says what they wrote', async (t) => {
  const { audit, lines } = createRig();
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '"',
      '\\',
      '\n{"type":"audit"}',
      '","success":true,"x":"',
      '\u2028',
      '\0',
      '</script>',
      '\u001b[2J',
    ),
  );
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.tuple(hostile, hostile, hostile, hostile), ([path, caller, requestId, version]) => {
        lines.length = 0;
        audit.record({ ...event, path, version, context: { ...context, caller, requestId } });
        const [line = '', ...others] = lines;
        const parsed = JSON.parse(line);
        return (
          others.length === 0 &&
          line.indexOf('\n') === line.length - 1 &&
          !/[\0-\t\v-\x1f]/.test(line) &&
          parsed.secret_path === path &&
          parsed.caller_identity === caller &&
          parsed.request_id === requestId &&
          parsed.version === version
        );
      }),
    ),
  );
});

test('the same access tells the same, and another one of the same secret does not', async (t) => {
  const { audit, lines } = createRig();
  const events: readonly AuditEvent[] = [
    event,
    event,
    { ...event, cached: false },
    { ...event, version: '4' },
    { ...event, operation: 'resolve' },
    { ...event, provider: 'files' },
    { ...event, code: 'PolicyDenied' },
    { ...event, context: { ...context, caller: 'api' } },
    { ...event, context: { ...context, source: 'unix', requestId: 'r2' } },
    event,
  ];
  for (const each of events) audit.record(each);
  t.strictSame(
    lines.map((line) => JSON.parse(line)),
    events.map(({ operation, path, version, provider, cached, code, context: by }) => ({
      type: 'audit',
      timestamp: '2026-01-01T00:00:00.000Z',
      operation,
      secret_path: path,
      version,
      provider,
      success: code === undefined,
      cached,
      ...(code !== undefined && { code }),
      caller_identity: by.caller,
      source_ip: by.source,
      request_id: by.requestId,
      trace_id: by.trace?.traceId,
    })),
  );
});

test('many secrets are told apart', async (t) => {
  const { audit, lines } = createRig();
  const paths = Array.from({ length: 2_500 }, (_, index) => `app/${index}${'x'.repeat(index % 1_500)}`);
  for (const path of [...paths, ...paths]) audit.record({ ...event, path });
  t.same(
    lines.map((line) => JSON.parse(line).secret_path),
    [...paths, ...paths],
  );
});

test('failClosed: what cannot be written may not happen; a refusal is kept for later', async (t) => {
  const [kept, through]: [string[], string[]] = [[], []];
  let works = true;
  const sink = {
    write: (line: Line) => void kept.push(textOf(line)),
    writeThrough: (line: Line) => {
      if (works) through.push(textOf(line));
      return works;
    },
    canWrite: () => works,
  };
  const audit = createAuditLog({ sink, clock: new FakeClock(), failClosed: true });
  audit.record(event);
  audit.record({ ...event, code: 'PolicyDenied' });
  t.same([through.length, kept.length], [2, 0]);
  t.doesNotThrow(() => audit.assertWritable());
  works = false;
  t.throws(() => audit.assertWritable(), { code: 'AuditUnavailable' });
  t.throws(() => audit.record(event), {
    code: 'AuditUnavailable',
    retryable: true,
    details: { retryAfterMs: 1_000 },
  });
  t.doesNotThrow(() => audit.record({ ...event, code: 'AuditUnavailable' }));
  t.same([through.length, kept.length], [2, 1]);
  t.match(JSON.parse(kept[0] ?? ''), { success: false, code: 'AuditUnavailable' });
});

test('without an audit nothing happens', async (t) => {
  t.equal(noAudit.record(event), undefined);
  t.doesNotThrow(() => noAudit.assertWritable());
});
