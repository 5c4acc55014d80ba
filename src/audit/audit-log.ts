import type { AccessContext, Operation } from '../core/access-context.ts';
import type { Clock } from '../core/clock.ts';
import { RequestError } from '../core/errors/request-error.ts';
import type { Line, Piece } from './line.ts';

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
  write(line: Line): void;
  writeThrough(line: Line): boolean;
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
      const line = [start(), subject(event), caller(context), escape(context.requestId), endOf(context)];
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

function createStarts(clock: Clock): () => Piece {
  let [startMs, start]: [number, Piece] = [Number.NaN, ''];
  return () => {
    const nowMs = Math.trunc(clock.wallMs());
    if (nowMs !== startMs) {
      startMs = nowMs;
      start = Buffer.from(`{"type":"audit","timestamp":"${new Date(nowMs).toISOString()}",`);
    }
    return start;
  };
}

/**
 * What was accessed, and how that went. The same is accessed again and again: its bytes are kept for the next time. Of
 * more paths than can be kept those that came first stay for a while: who goes through all of them in turn would push
 * each out before it comes again.
 */
function createSubjects(): (event: AuditEvent) => Piece {
  const kept = new Map<string, KeptSubject>();
  let unkept = 0;
  return (event) => {
    const last = kept.get(event.path);
    if (last !== undefined && isSameSubject(last, event)) return last.bytes;
    const text = subjectOf(event);
    if (last === undefined && kept.size >= MAX_KEPT) {
      unkept += 1;
      if (unkept < MAX_UNKEPT) return text;
      kept.clear();
      unkept = 0;
    }
    const bytes = Buffer.from(text);
    const { path, context: _, ...outcome } = event;
    if (bytes.length <= MAX_KEPT_BYTES) kept.set(path, { ...outcome, bytes });
    return bytes;
  };
}

const MAX_KEPT = 10_000;
const MAX_UNKEPT = 10 * MAX_KEPT;
const MAX_KEPT_BYTES = 1_000;

/** Of the event only what its bytes say: the rest holds on to who asked. */
type Outcome = Pick<AuditEvent, 'operation' | 'provider' | 'version' | 'cached' | 'code'>;

interface KeptSubject extends Outcome {
  readonly bytes: Uint8Array;
}

const isSameSubject = (a: Outcome, b: Outcome): boolean =>
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

function createCallers(): (context: AccessContext) => Piece {
  let [lastCaller, lastSource, piece]: [string, string, Piece] = ['', '', ''];
  return ({ caller, source }) => {
    if (caller !== lastCaller || source !== lastSource) {
      [lastCaller, lastSource] = [caller, source];
      piece = Buffer.from(`,"caller_identity":${quote(caller)},"source_ip":${quote(source)},"request_id":"`);
    }
    return piece;
  };
}

const member = (name: string, value: string | undefined): string =>
  value === undefined ? '' : `,"${name}":${quote(value)}`;

// Nearly all that is written; to look whether it is costs a third of what JSON.stringify costs.
const PLAIN = /^[\w !#-[\]-~]*$/;

const escape = (text: string): string => (PLAIN.test(text) ? text : JSON.stringify(text).slice(1, -1));

const quote = (text: string): string => `"${escape(text)}"`;

const endOf = ({ trace }: AccessContext): string =>
  trace === undefined ? END : `"${member('trace_id', trace.traceId)}}\n`;

const END = '"}\n';
