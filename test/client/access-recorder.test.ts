import { test } from 'tap';
import { type AuditEvent, noAudit } from '../../src/audit/audit-log.ts';
import { AccessRecorder } from '../../src/client/access-recorder.ts';
import { AccessError } from '../../src/core/errors/access-error.ts';
import { Metrics } from '../../src/observability/metrics.ts';
import { RecordingLog } from '../contract/recording-log.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { context } from './client-rig.ts';

function createRig(logAccess: boolean) {
  const empty = (): Map<string, never> => new Map<string, never>();
  const metrics = new Metrics({ cacheSize: empty, breakerStates: empty, identityExpiryMs: empty });
  const [clock, log, audited] = [new FakeClock(), new RecordingLog(), new Array<AuditEvent>()];
  const audit = { ...noAudit, record: (event: AuditEvent) => void audited.push(event) };
  return { recorder: new AccessRecorder({ audit, metrics, clock, log, logAccess }), metrics, clock, log, audited };
}

test('an access is an audit line and a sample', async (t) => {
  const { recorder, metrics, clock, audited, log } = createRig(false);
  const access = { operation: 'get', path: 'a', context, startedMs: clock.monotonicMs() } as const;
  await clock.advance(500);
  recorder.succeeded(access, { provider: 'files', version: '3', cached: true });
  recorder.failed(access, new AccessError('AccessDenied', 'x'), 'files');
  recorder.failed(access, new TypeError('x'), undefined);
  t.strictSame(audited, [
    { operation: 'get', path: 'a', context, provider: 'files', version: '3', cached: true },
    { operation: 'get', path: 'a', context, provider: 'files', cached: false, code: 'AccessDenied' },
    { operation: 'get', path: 'a', context, cached: false, code: 'Unexpected' },
  ]);
  const text = await metrics.text();
  t.match(text, 'secrets_request_duration_seconds_sum{provider="files",operation="get"} 1\n');
  t.match(text, 'secrets_errors_total{provider="files",error_type="AccessError"} 1');
  t.match(text, 'secrets_errors_total{provider="none",error_type="InternalError"} 1');
  t.same(log.messages('info'), []);
});

test('without an audit the access is a line of the log: the path, never the value', async (t) => {
  const { recorder, log } = createRig(true);
  const access = { operation: 'get', path: 'a', context, startedMs: 0 } as const;
  recorder.succeeded(access, { provider: 'files', version: '3', cached: true });
  t.match(log.lines, [{ level: 'info', fields: { operation: 'get', secret_path: 'a', caller_identity: 'anonymous' } }]);
});
