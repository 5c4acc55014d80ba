import type { AuditLog } from '../audit/audit-log.ts';
import type { AccessContext, Operation } from '../core/access-context.ts';
import type { Clock } from '../core/clock.ts';
import { CallerError } from '../core/errors/caller-error.ts';
import { classify } from '../core/errors/classify.ts';
import type { Span } from '../core/tracer.ts';
import type { Log } from '../core/log.ts';
import type { Metrics } from '../observability/metrics.ts';

/** One access by one caller, from the request to its outcome. */
export interface Access {
  readonly operation: Operation;
  /** The secret's path as the caller wrote it, or the prefix of a list. */
  readonly path: string;
  readonly context: AccessContext;
  /** Monotonic. */
  readonly startedMs: number;
  /** Ends with the record. */
  readonly span?: Span | undefined;
}

export interface Outcome {
  readonly provider: string;
  readonly version?: string;
  readonly cached: boolean;
}

export interface AccessRecorderOptions {
  readonly audit: AuditLog;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether an access is a line of the log, too: it is when there is no audit line of it. */
  readonly logAccess: boolean;
}

/** Audit line, metrics and span of each access, allowed or not. */
export class AccessRecorder {
  readonly #options: AccessRecorderOptions;

  constructor(options: AccessRecorderOptions) {
    this.#options = options;
  }

  /** Before something that cannot be taken back. @throws RequestError when it could not be recorded. */
  assertReady(): void {
    this.#options.audit.assertWritable();
  }

  /** @throws RequestError when the access may not happen, as it cannot be recorded. */
  succeeded(access: Access, outcome: Outcome): void {
    const { audit, metrics, clock, log, logAccess } = this.#options;
    const { operation, path, context } = access;
    const { provider, version, cached } = outcome;
    // Written out: a spread would cost every read more than the line.
    audit.record(
      version === undefined
        ? { operation, path, context, provider, cached }
        : { operation, path, context, provider, version, cached },
    );
    metrics.operation(provider, operation).succeeded((clock.monotonicMs() - access.startedMs) / 1_000);
    if (logAccess) log.info({ operation, secret_path: path, caller_identity: context.caller }, 'secret accessed');
    if (access.span !== undefined) endWell(access.span, outcome);
  }

  /** `provider` is undefined when the request was refused before it was routed. */
  failed(access: Access, error: unknown, provider: string | undefined): void {
    const { audit, metrics, clock, log } = this.#options;
    const { operation, path, context } = access;
    const { category, code } = classify(error);
    audit.record({ operation, path, context, cached: false, code, ...(provider !== undefined && { provider }) });
    const seconds = (clock.monotonicMs() - access.startedMs) / 1_000;
    metrics.operation(provider ?? 'none', operation).failed(category, seconds);
    if (error instanceof CallerError) metrics.callerRefusals.inc({ caller: context.caller, code });
    log.debug({ operation, secret_path: path, code, request_id: context.requestId }, 'access failed');
    access.span?.set({ provider });
    access.span?.end(error);
  }
}

/** Only a read of a value has a version, and was cached or not. */
function endWell(span: Span, { provider, version, cached }: Outcome): void {
  span.set(version === undefined ? { provider } : { provider, version, cached });
  span.end();
}
