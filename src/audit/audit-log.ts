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
      const { context } = event;
      sink.write(
        `{"type":"audit","timestamp":"${timestamp()}","operation":"${event.operation}"` +
          `,"secret_path":${JSON.stringify(event.path)}` +
          member('version', event.version) +
          member('provider', event.provider) +
          `,"caller_identity":${JSON.stringify(context.caller)},"source_ip":${JSON.stringify(context.source)}` +
          `,"success":${event.code === undefined},"cached":${event.cached}` +
          member('code', event.code) +
          `,"request_id":${JSON.stringify(context.requestId)}` +
          member('trace_id', context.traceId) +
          '}\n',
      );
    },
  };
}

const member = (name: string, value: string | undefined): string =>
  value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`;
