import type { AccessContext, Operation } from '../core/access-context.ts';
import type { Clock } from '../core/clock.ts';
import { RequestError } from '../core/errors/request-error.ts';

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
  /** @throws RequestError `AuditUnavailable` when the access may not happen, as its line cannot be written. */
  record(event: AuditEvent): void;
  /** Before something that cannot be taken back. @throws RequestError `AuditUnavailable` as far as it is known already. */
  assertWritable(): void;
}

export const noAudit: AuditLog = { record: () => undefined, assertWritable: () => undefined };

/** @see AuditSink */
export interface LineTarget {
  write(line: string): void;
  writeThrough(line: string): boolean;
  canWrite(): boolean;
}

export interface AuditLogOptions {
  readonly sink: LineTarget;
  readonly clock: Clock;
  /** Writes each line before anything is answered, and refuses what cannot be written. */
  readonly failClosed: boolean;
}

const MESSAGE = 'the audit cannot be written, and without it nothing is served';
const RETRY_AFTER_MS = 1_000;

const unavailable = (): RequestError => new RequestError('AuditUnavailable', MESSAGE, { retryAfterMs: RETRY_AFTER_MS });

/**
 * Writes one JSON line for each access. Written by hand: a line costs every read, cached ones too, and a general
 * serialiser costs as much as the rest of the read.
 */
export function createAuditLog({ sink, clock, failClosed }: AuditLogOptions): AuditLog {
  const start = createStarts(clock);
  const subject = createSubjects();
  const caller = createCallers();
  return {
    record: (event) => {
      const { context } = event;
      const request = quote(context.requestId) + member('trace_id', context.trace?.traceId);
      const line = start() + subject(event) + caller(context) + request + '}\n';
      if (!failClosed) sink.write(line);
      else if (!sink.writeThrough(line)) {
        if (event.code === undefined) throw unavailable();
        // It is refused anyway: told as soon as that is possible.
        sink.write(line);
      }
    },
    assertWritable: () => {
      if (failClosed && !sink.canWrite()) throw unavailable();
    },
  };
}

function createStarts(clock: Clock): () => string {
  let [startMs, start] = [Number.NaN, ''];
  return () => {
    const nowMs = Math.trunc(clock.wallMs());
    if (nowMs !== startMs) {
      startMs = nowMs;
      start = flat(`{"type":"audit","timestamp":"${new Date(nowMs).toISOString()}",`);
    }
    return start;
  };
}

/** What was accessed, and how that went. The same is accessed again and again: the text is kept for the next time. */
function createSubjects(): (event: AuditEvent) => string {
  const kept = new Map<string, { readonly event: AuditEvent; readonly text: string }>();
  return (event) => {
    const last = kept.get(event.path);
    if (last !== undefined && isSameSubject(last.event, event)) return last.text;
    const text = flat(subjectOf(event));
    if (kept.size >= MAX_KEPT_TEXTS) kept.clear();
    if (text.length <= MAX_KEPT_LENGTH) kept.set(event.path, { event, text });
    return text;
  };
}

const MAX_KEPT_TEXTS = 1_000;
const MAX_KEPT_LENGTH = 1_000;

const isSameSubject = (a: AuditEvent, b: AuditEvent): boolean =>
  a.cached === b.cached &&
  a.version === b.version &&
  a.operation === b.operation &&
  a.provider === b.provider &&
  a.code === b.code;

function subjectOf({ operation, path, version, provider, cached, code }: AuditEvent): string {
  return (
    `"operation":"${operation}","secret_path":${quote(path)}` +
    member('version', version) +
    member('provider', provider) +
    `,"success":${code === undefined},"cached":${cached}` +
    member('code', code)
  );
}

function createCallers(): (context: AccessContext) => string {
  let [lastCaller, lastSource, text] = ['', '', ''];
  return ({ caller, source }) => {
    if (caller !== lastCaller || source !== lastSource) {
      [lastCaller, lastSource] = [caller, source];
      text = flat(`,"caller_identity":${quote(caller)},"source_ip":${quote(source)},"request_id":`);
    }
    return text;
  };
}

const member = (name: string, value: string | undefined): string =>
  value === undefined ? '' : `,"${name}":${quote(value)}`;

// Nearly all that is written; to look whether it is costs a third of what JSON.stringify costs.
const PLAIN = /^[\w !#-[\]-~]*$/;

const quote = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

/** In one piece: a string that is kept in the pieces that it was made of is put together again at each use. */
const flat = (text: string): string => Buffer.from(text).toString();
