import type { AccessContext, Operation } from '../core/access-context.ts';
import type { Clock } from '../core/clock.ts';

/** One access to one secret, allowed or not (specification §1.8.4). Never a value. */
export interface AuditEvent {
  readonly operation: Operation;
  /** The path as the caller wrote it; the prefix of a list. */
  readonly path: string;
  readonly context: AccessContext;
  /** Name of the instance; absent when the request was refused before it was routed. */
  readonly provider?: string;
  readonly version?: string;
  readonly cached: boolean;
  /** Code of the error; absent on success. */
  readonly code?: string;
}

/** Takes each access as it happens. */
export interface AuditLog {
  record(event: AuditEvent): void;
}

export const noAudit: AuditLog = { record: () => undefined };

/**
 * Writes one JSON line for each access. Written by hand: a line costs every read, cached ones too, and a general
 * serialiser costs as much as the rest of the read.
 */
export function createAuditLog(sink: { write(line: string): void }, clock: Clock): AuditLog {
  let stampMs = 0;
  let stamp = '';
  const timestamp = (): string => {
    const nowMs = Math.trunc(clock.wallMs());
    if (nowMs !== stampMs) {
      stampMs = nowMs;
      stamp = new Date(nowMs).toISOString();
    }
    return stamp;
  };
  return {
    record: (event) => {
      sink.write(`{"type":"audit","timestamp":"${timestamp()}",${subjectOf(event)},${callerOf(event.context)}}\n`);
    },
  };
}

function subjectOf({ operation, path, version, provider, cached, code }: AuditEvent): string {
  return (
    `"operation":"${operation}","secret_path":${JSON.stringify(path)}` +
    member('version', version) +
    member('provider', provider) +
    `,"success":${code === undefined},"cached":${cached}` +
    member('code', code)
  );
}

function callerOf({ caller, source, requestId, traceId }: AccessContext): string {
  return (
    `"caller_identity":${JSON.stringify(caller)},"source_ip":${JSON.stringify(source)},"request_id":${JSON.stringify(requestId)}` +
    member('trace_id', traceId)
  );
}

const member = (name: string, value: string | undefined): string =>
  value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`;
